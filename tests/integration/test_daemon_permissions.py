"""A router whose rights are taken away says that it cannot do its work, and goes on with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from router.embedded import EmbeddedKafka
from tests.faults.events import Pen
from tests.faults.site import Site
from tests.integration.test_daemon_shards import figures, get, until

ASKS = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": "true",
}
"""A broker that lets everybody do what no rule is about."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with EmbeddedKafka(settings=ASKS) as broker:
        place = Site(broker.bootstrap_servers, folder=tmp_path)
        yield place
        place.close()


@pytest.mark.timeout(120)
def test_a_router_that_may_not_read_an_input_is_not_ready_until_it_may(site: Site) -> None:
    router = site.router(CONTACT_ROUTER_KAFKA__CALL_TIMEOUT_S="3")
    router.start()
    router.wait_ready()
    admin = AdminClient({"bootstrap.servers": site.bootstrap_servers})
    topic = f"{site.prefix}conversations"
    about = (ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, "User:ANONYMOUS", "*")
    forbidden = (AclOperation.READ, AclPermissionType.DENY)
    ready = f"{router.address}/health/ready"

    for made in admin.create_acls([AclBinding(*about, *forbidden)]).values():
        made.result(30)
    until(lambda: get(ready)[0] == 503)
    said = get(ready)[1]["detail"]
    silence = figures(router)["contact_router_intake_silence_seconds"]
    for gone in admin.delete_acls([AclBindingFilter(*about, *forbidden)]).values():
        gone.result(30)
    until(lambda: get(ready)[0] == 200)
    post, pen = site.post(), Pen("/desk")
    post.send(
        pen.write("conversation.created", pool="spain", subject="c1", at=site.now(), channel="chat")
    )
    post.flush()

    assert "nothing was heard of an input" in said
    assert silence > 3
    assert [each["subject"] for each in site.decisions(1)] == ["c1"]
    assert figures(router)["contact_router_intake_silence_seconds"] < 3
