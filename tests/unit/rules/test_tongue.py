"""French and English are told apart by their small words, and what is not clear is left alone."""

import pytest

from router.rules.tongue import tongue
from router.rules.words import folded

FRENCH = """\
Bonjour, je n'ai toujours pas reçu mon remboursement
je voudrais résilier mon contrat de mutuelle
POURQUOI MA CARTE VITALE N'EST PAS ACCEPTEE ?
merci de me rappeler dès que possible
vous êtes injoignables depuis trois semaines, c'est inadmissible
ou en est ma demande de prise en charge
Mon fils est né hier, comment l'ajouter à la mutuelle ?
je vous ai envoyé les factures du dentiste
pouvez vous m envoyer une attestation svp
le tiers payant ne marche pas chez mon pharmacien
j'ai changé de RIB
Bonjour Madame, suite à notre conversation, voici les documents
combien je vais être remboursé pour des lunettes
votre site ne marche pas avec Chrome
est-ce que la chirurgie est couverte
"""
ENGLISH = """\
Hello, I have not received my reimbursement yet
I would like to cancel my contract
where is my card?
please call me back as soon as you can
Why was my claim refused? I sent all the documents.
how do I add my newborn son to the plan
the website does not work
Hi, can you send me a certificate
I changed my bank account, what should I do
thanks for your help
is this surgery covered by my policy
I've been waiting for three weeks and it's unacceptable
my employer is in Paris but I live in London, who should I write to
"""
NEITHER = """\

ok
12345
remboursement
refund
Guten Tag, ich habe eine Frage zu meinem Vertrag
¿dónde está mi reembolso?
Привет, где мои деньги
contrat 12 / avenant 4
on on on
a b c d e
le contract is not signed et je
"""


@pytest.mark.parametrize("text", FRENCH.splitlines())
def test_french_is_known(text: str) -> None:
    assert tongue(folded(text)) == "fr"


@pytest.mark.parametrize("text", ENGLISH.splitlines())
def test_english_is_known(text: str) -> None:
    assert tongue(folded(text)) == "en"


@pytest.mark.parametrize("text", NEITHER.splitlines())
def test_what_is_not_clear_is_neither(text: str) -> None:
    assert tongue(folded(text)) is None
