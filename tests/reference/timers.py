"""The timers of a pool, and what each does when it is due: one method for each, of its name."""

from router.model.inputs import Presence
from router.model.outputs import PolicyChanged
from router.model.policy import switches
from router.model.reasons import Release, Requeue, Suspension, Withdrawal
from tests.reference.overflows import Overflows


class Timers(Overflows):
    """One pool as time goes by."""

    def timers(self) -> list[tuple[int, str, str]]:
        """Give all that will be due: when, which, about whom."""
        due: list[tuple[int | None, str, str]] = []
        for c in self.conversations.values():
            due += [(until, "decline_forgotten", c.id) for until in c.barred.values()]
            due += [(c.kept_until, "preferred_agent_wait", c.id)]
            if c.stage == "waiting":
                due += [(self.next_step(c)[1], "expands", c.id)]
                due += [(self.next_overflow(c)[0], "overflows", c.id)]
            due += [(c.offer and c.offer.expires_at, "offer_expires", c.id)]
            due += [(c.deflection and c.deflection.expires_at, "deflection_expires", c.id)]
            due += [(c.deflection and c.deflection.due, "callback_due", c.id)]
        for agent in self.agents.values():
            due += [
                (wrap_up.until, "wrap_up_ends", agent.id) for wrap_up in agent.wrap_ups.values()
            ]
            due += [(agent.until, "presence_until", agent.id)]
            due += [(agent.rests_until, "rest_ends", agent.id)]
            due += [(agent.suspended.get(Suspension.NO_ANSWER), "suspension_ends", agent.id)]
            due += [(self.leases.get(agent.id), "lease_expires", agent.id)]
            patience = self.policy.agents.lost_after_ms
            if agent.lost_at is not None and patience is not None:
                due += [(agent.lost_at + max(patience, 1), "lost_agent", agent.id)]
        due += [(until, "hours_change", name) for name, (_, until) in self.looks.items()]
        due += [(at, "condition_changes", name) for name, at in self.due.items()]
        due += [(until, "quota_renews", team) for team, (until, _) in self.gave.items()]
        due += [(self.surge_ends(), "surge_expires", self.surge and self.surge.stage)]
        due += [(until, "status_due", name) for name, (_, until, _) in self.reports.items()]
        return [(at, name, of) for at, name, of in due if at is not None]

    def decline_forgotten(self, of: str, due: int) -> None:
        c = self.conversations[of]
        c.barred = {agent: until for agent, until in c.barred.items() if until > due}

    def preferred_agent_wait(self, of: str, due: int) -> None:
        self.conversations[of].kept_until = None

    def look_at_calendars(self) -> None:
        self.looks = {}
        for name in self.policy.calendars if self.policy else ():
            self.hours_change(name, self.now)

    def hours_change(self, of: str, due: int) -> None:
        hours = self.policy.calendars[of]
        self.looks[of] = hours.is_open(self.now), hours.next_change(self.now)
        self.opened = True

    def wrap_up_ends(self, of: str, due: int) -> None:
        agent = self.agents[of]
        for conversation, wrap_up in list(agent.wrap_ups.items()):
            if wrap_up.until is not None and wrap_up.until <= due:
                self.be_done_with(agent, conversation)

    def rest_ends(self, of: str, due: int) -> None:
        self.agents[of].rests_until = None

    def presence_until(self, of: str, due: int) -> None:
        agent = self.agents[of]
        agent.until = None
        if Suspension.LEASE_EXPIRED not in agent.suspended:
            self.become(agent, Presence.AVAILABLE)
            if of not in self.leases:
                self.renew_lease(agent)

    def suspension_ends(self, of: str, due: int) -> None:
        self.end_suspension(self.agents[of], {Suspension.NO_ANSWER}, Release.TIME)

    def lease_expires(self, of: str, due: int) -> None:
        del self.leases[of]
        self.withdraw(self.held_by(of), Withdrawal.LEASE_EXPIRED, of)
        self.suspend(self.agents[of], Suspension.LEASE_EXPIRED, 0)

    def lost_agent(self, of: str, due: int) -> None:
        held = [c for c in self.held_by(of) if c.stage == "assigned"]
        for c in sorted(held, key=lambda c: (c.arrived_at, c.sequence)):
            self.requeue(c, Requeue.AGENT_LOST, agent=of)
        self.agents[of].idle_since = self.now

    def come_under_rules(self) -> None:
        """Let every lease run anew, and follow the rules that are now in force."""
        for agent in self.leases:
            self.renew_lease(self.agents[agent])
        self.due = {}
        self.given = self.given if self.shares_work() else {}
        old, rules = self.version, self.policy
        if rules is None:
            return
        if old != rules.version:
            self.look_at_calendars()
            self.look_at_quotas()
            self.forget_cases()
            self.forget_reports()
            self.forget_waits()
            self.opened = True
            known = {each.name for each in switches(rules)}
            self.on = {name: each for name, each in self.on.items() if name in known}
        if self.seq and old != rules.version:
            self.say(PolicyChanged, from_=old, to=rules.version, files=rules.files)
        if old != rules.version:
            self.follow_load("policy")
        for c in sorted(self.conversations.values(), key=lambda c: (c.arrived_at, c.sequence)):
            if c.queue not in rules.queues:
                known = rules.qualifier.queue_for(self.facts(c))
                self.move(c, known or list(rules.queues)[-1])
                if c.stage == "waiting":
                    self.requeue(c, Requeue.QUEUE_REMOVED)
            elif old != rules.version:
                c.step = max(self.open_steps(c), default=0)
                self.entered.add(c.id)
