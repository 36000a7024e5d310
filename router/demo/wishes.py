"""What customers of a health insurer want, in the words they use.

The router's rules find the topic from the telephone menu or from these words; no event names one.
The words are in French, as the customers of the example centre are.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wish:
    """Something many customers want; `weight` is how many of a hundred do.

    `menu`: the digit they press on the telephone; who wants to join has a number of his own to
    call.
    """

    weight: float
    menu: str
    texts: tuple[str, ...]
    has_amount: bool = False
    is_hard: bool = False
    is_prospect: bool = False


WISHES: Final = (
    Wish(
        weight=36,
        menu="1",
        has_amount=True,
        texts=(
            "Bonjour, je n'ai pas reçu le remboursement de mes lunettes.",
            "Mon décompte du mois dernier ne correspond pas à la facture du dentiste.",
            "Le tiers payant a été refusé à la pharmacie, pourquoi ?",
            "Pouvez-vous étudier ce devis pour deux couronnes ?",
        ),
    ),
    Wish(
        weight=6,
        menu="1",
        has_amount=True,
        is_hard=True,
        texts=(
            "Après ma chirurgie du genou, le remboursement des honoraires est incomplet.",
            "Mon père est hospitalisé, quel sera le remboursement de la chambre ?",
        ),
    ),
    Wish(
        weight=14,
        menu="2",
        texts=(
            "Je voudrais ajouter ma fille comme ayant droit.",
            "Ma carte vitale n'est pas à jour après mon changement de régime.",
            "Où en est mon affiliation ?",
        ),
    ),
    Wish(
        weight=13,
        menu="3",
        texts=(
            "Le prélèvement de ce mois est passé deux fois.",
            "Comment changer le RIB pour ma cotisation ?",
            "Il me manque une facture pour mon employeur.",
        ),
    ),
    Wish(
        weight=11,
        menu="4",
        texts=(
            "Quelles garanties sont prévues pour l'optique dans mon contrat ?",
            "Je souhaite un avenant pour passer à la formule famille.",
        ),
    ),
    Wish(
        weight=4,
        menu="4",
        is_hard=True,
        texts=(
            "Je veux résilier mon contrat, quel est le préavis ?",
            "Réclamation : votre mutuelle refuse de résilier mon contrat, c'est inadmissible.",
        ),
    ),
    Wish(
        weight=13,
        menu="",
        is_prospect=True,
        texts=(
            "Je voudrais adhérer avec mon conjoint, par où commencer ?",
            "Faut-il un questionnaire de santé pour souscrire ?",
        ),
    ),
    Wish(
        weight=3,
        menu="0",
        texts=("Bonjour, j'aimerais parler à quelqu'un.", "Quels sont vos horaires ?"),
    ),
)
