"""What notices and mails say, in every language. Each has the same words in braces, filled in by csms.domain.notices.

The app's own words are in csms/web/driver/lib/words; what a thing is called there, it is called here.
"""

from collections.abc import Mapping
from enum import StrEnum

from csms.domain.languages import Language

EN, IT, SV = Language.ENGLISH, Language.ITALIAN, Language.SWEDISH


class Occasion(StrEnum):
    """Each is told in a title and a text."""

    STARTED = "started"
    ENDED = "ended"
    ENDED_AT_LIMIT = "ended_at_limit"
    INTERRUPTED = "interrupted"
    SOC_REACHED = "soc_reached"
    LOW_BALANCE = "low_balance"
    CREDIT_USED_UP = "credit_used_up"
    RESERVATION_EXPIRING = "reservation_expiring"
    RESERVATION_OF_ANY_EXPIRING = "reservation_of_any_expiring"  # of whichever connector is free
    CONNECTOR_FAULTED = "connector_faulted"
    CHARGE_POINT_FAULTED = "charge_point_faulted"
    CHARGE_POINT_OFFLINE = "charge_point_offline"
    SITE_OFFLINE = "site_offline"
    PROBLEM = "problem"
    CONNECTOR_PROBLEM = "connector_problem"
    ALERT = "alert"
    PASSWORD_RESET = "password_reset"  # by mail alone


TOLD: Mapping[Occasion, Mapping[Language, tuple[str, str]]] = {
    Occasion.STARTED: {
        EN: ("Charging has started", "Charging at {charge_point}, connector {connector}, has started."),
        IT: ("La ricarica è iniziata", "La ricarica a {charge_point}, connettore {connector}, è iniziata."),
        SV: ("Laddningen har börjat", "Laddningen vid {charge_point}, kontakt {connector}, har börjat."),
    },
    Occasion.ENDED: {
        EN: (
            "Charging has ended",
            "Charging at {charge_point}, connector {connector}, has ended: {energy}, {cost}.",
        ),
        IT: (
            "La ricarica è finita",
            "La ricarica a {charge_point}, connettore {connector}, è finita: {energy}, {cost}.",
        ),
        SV: (
            "Laddningen är klar",
            "Laddningen vid {charge_point}, kontakt {connector}, är klar: {energy}, {cost}.",
        ),
    },
    Occasion.ENDED_AT_LIMIT: {
        EN: (
            "Charging has ended at your limit",
            "Charging at {charge_point}, connector {connector}, has ended at your limit of {limit}: {energy}, {cost}.",
        ),
        IT: (
            "La ricarica è finita al tuo limite",
            "La ricarica a {charge_point}, connettore {connector}, è finita al tuo limite di {limit}: "
            "{energy}, {cost}.",
        ),
        SV: (
            "Laddningen slutade vid din gräns",
            "Laddningen vid {charge_point}, kontakt {connector}, slutade vid din gräns på {limit}: {energy}, {cost}.",
        ),
    },
    Occasion.INTERRUPTED: {
        EN: (
            "Charging was interrupted",
            "Charging at {charge_point}, connector {connector}, was interrupted ({reason}): {energy}, {cost} so far.",
        ),
        IT: (
            "La ricarica è stata interrotta",
            "La ricarica a {charge_point}, connettore {connector}, è stata interrotta ({reason}): "
            "finora {energy}, {cost}.",
        ),
        SV: (
            "Laddningen avbröts",
            "Laddningen vid {charge_point}, kontakt {connector}, avbröts ({reason}): {energy}, {cost} hittills.",
        ),
    },
    Occasion.SOC_REACHED: {
        EN: (
            "The battery is at {percent}",
            "The car at {charge_point}, connector {connector}, has reached {percent}.",
        ),
        IT: (
            "Batteria: {percent}",
            "L’auto a {charge_point}, connettore {connector}, ha raggiunto il livello: {percent}.",
        ),
        SV: (
            "Batteriet är på {percent}",
            "Bilen vid {charge_point}, kontakt {connector}, har nått {percent}.",
        ),
    },
    Occasion.LOW_BALANCE: {
        EN: ("Your credit is low", "{left} of credit are left."),
        IT: ("Il tuo credito è basso", "Restano {left} di credito."),
        SV: ("Ditt saldo är lågt", "{left} av saldot återstår."),
    },
    Occasion.CREDIT_USED_UP: {
        EN: (
            "Your credit is used up",
            "Charging at {charge_point}, connector {connector}, is being stopped: the credit, or the card's budget, "
            "is used up.",
        ),
        IT: (
            "Il tuo credito è finito",
            "La ricarica a {charge_point}, connettore {connector}, viene fermata: il credito, o il budget della "
            "tessera, è finito.",
        ),
        SV: (
            "Ditt saldo är slut",
            "Laddningen vid {charge_point}, kontakt {connector}, stoppas: saldot, eller kortets budget, är slut.",
        ),
    },
    Occasion.RESERVATION_EXPIRING: {
        EN: (
            "Your reservation ends soon",
            "{charge_point}, connector {connector}, is kept free for {minutes} more.",
        ),
        IT: (
            "La tua prenotazione sta per finire",
            "{charge_point}, connettore {connector}, resta libero per te ancora per {minutes}.",
        ),
        SV: (
            "Din reservation går snart ut",
            "{charge_point}, kontakt {connector}, hålls ledig i {minutes} till.",
        ),
    },
    Occasion.RESERVATION_OF_ANY_EXPIRING: {
        EN: ("Your reservation ends soon", "One connector of {charge_point} is kept free for {minutes} more."),
        IT: (
            "La tua prenotazione sta per finire",
            "Un connettore di {charge_point} resta libero per te ancora per {minutes}.",
        ),
        SV: ("Din reservation går snart ut", "En kontakt vid {charge_point} hålls ledig i {minutes} till."),
    },
    Occasion.CONNECTOR_FAULTED: {
        EN: ("{charge_point} is faulted", "{charge_point}, connector {connector}, reports {error}."),
        IT: ("{charge_point} è guasta", "{charge_point}, connettore {connector}, segnala {error}."),
        SV: ("{charge_point} har ett fel", "{charge_point}, kontakt {connector}, rapporterar {error}."),
    },
    Occasion.CHARGE_POINT_FAULTED: {
        EN: ("{charge_point} is faulted", "{charge_point} reports {error}."),
        IT: ("{charge_point} è guasta", "{charge_point} segnala {error}."),
        SV: ("{charge_point} har ett fel", "{charge_point} rapporterar {error}."),
    },
    Occasion.CHARGE_POINT_OFFLINE: {
        EN: ("{charge_point} is offline", "{charge_point} has not been heard of since {since}."),
        IT: ("{charge_point} non è collegata", "Di {charge_point} non si sa nulla da: {since}."),
        SV: ("{charge_point} är inte ansluten", "{charge_point} har inte hörts av sedan {since}."),
    },
    Occasion.SITE_OFFLINE: {
        EN: (
            "{site} is offline",
            "None of the charge points of {site} ({count}) has been heard of since {since}. They charge on by "
            "themselves.",
        ),
        IT: (
            "{site} non è raggiungibile",
            "Di nessuna colonnina di {site} ({count}) si sa nulla da: {since}. Continuano a caricare da sole.",
        ),
        SV: (
            "{site} kan inte nås",
            "Ingen av laddstolparna på {site} ({count}) har hörts av sedan {since}. De laddar vidare på egen hand.",
        ),
    },
    Occasion.PROBLEM: {
        EN: ("{charge_point}: {kind}", "Somebody reports a problem at {charge_point}. {said}"),
        IT: ("{charge_point}: {kind}", "Qualcuno segnala un problema a {charge_point}. {said}"),
        SV: ("{charge_point}: {kind}", "Någon anmäler ett fel vid {charge_point}. {said}"),
    },
    Occasion.CONNECTOR_PROBLEM: {
        EN: ("{charge_point}: {kind}", "Somebody reports a problem at {charge_point}, connector {connector}. {said}"),
        IT: ("{charge_point}: {kind}", "Qualcuno segnala un problema a {charge_point}, connettore {connector}. {said}"),
        SV: ("{charge_point}: {kind}", "Någon anmäler ett fel vid {charge_point}, kontakt {connector}. {said}"),
    },
    Occasion.ALERT: {  # what it says is for those who look after machines, and in the machines' language
        EN: ("{charge_point}: {kind}", "{said}"),
        IT: ("{charge_point}: {kind}", "{said}"),
        SV: ("{charge_point}: {kind}", "{said}"),
    },
    Occasion.PASSWORD_RESET: {
        EN: (
            "Set a new password",
            "Somebody, probably you, wants to set a new password for {email}.\n\n{link}\n\n"
            "The link works once, for {minutes}. If it was not you, nothing needs to be done.\n",
        ),
        IT: (
            "Imposta una nuova password",
            "Qualcuno, probabilmente tu, vuole impostare una nuova password per {email}.\n\n{link}\n\n"
            "Il link vale una volta sola, per {minutes}. Se non sei stato tu, non occorre fare nulla.\n",
        ),
        SV: (
            "Välj ett nytt lösenord",
            "Någon, troligen du, vill välja ett nytt lösenord för {email}.\n\n{link}\n\n"
            "Länken gäller en gång, i {minutes}. Om det inte var du behöver du inte göra något.\n",
        ),
    },
}

# Below every mail.
FOOTER: Mapping[Language, str] = {
    EN: "Which of these reach you, and how, is set in your account.",
    IT: "Quali di questi messaggi ricevi, e come, lo scegli nel tuo account.",
    SV: "Vilka av dessa som når dig, och hur, väljer du i ditt konto.",
}

# Why a charge was interrupted, by OCPP's word (1.6 §7.36). Those that end it in the ordinary way are not told.
REASONS: Mapping[str, Mapping[Language, str]] = {
    "DeAuthorized": {EN: "the card was refused", IT: "la tessera è stata rifiutata", SV: "kortet avvisades"},
    "EmergencyStop": {
        EN: "the emergency stop was pressed",
        IT: "è stato premuto l’arresto d’emergenza",
        SV: "nödstoppet trycktes in",
    },
    "HardReset": {EN: "the charge point restarted", IT: "la colonnina si è riavviata", SV: "laddstolpen startade om"},
    "SoftReset": {EN: "the charge point restarted", IT: "la colonnina si è riavviata", SV: "laddstolpen startade om"},
    "Reboot": {EN: "the charge point restarted", IT: "la colonnina si è riavviata", SV: "laddstolpen startade om"},
    "PowerLoss": {EN: "the power failed", IT: "è mancata la corrente", SV: "strömmen bröts"},
    "UnlockCommand": {
        EN: "the connector was unlocked",
        IT: "il connettore è stato sbloccato",
        SV: "kontakten låstes upp",
    },
    "Other": {EN: "the charge point ended it", IT: "l’ha terminata la colonnina", SV: "laddstolpen avslutade den"},
}

# What somebody reports who stands in front of it.
PROBLEMS: Mapping[str, Mapping[Language, str]] = {
    "broken": {EN: "it does not work", IT: "non funziona", SV: "den fungerar inte"},
    "blocked": {EN: "the place is blocked", IT: "il posto è occupato", SV: "platsen är blockerad"},
    "damaged": {EN: "it is damaged", IT: "è danneggiata", SV: "den är skadad"},
    "unsafe": {EN: "it is dangerous", IT: "è pericolosa", SV: "den är farlig"},
    "payment": {EN: "the price or the bill", IT: "il prezzo o il conto", SV: "priset eller räkningen"},
    "other": {EN: "something else", IT: "altro", SV: "något annat"},
}

ALERTS: Mapping[str, Mapping[Language, str]] = {
    "quarantine": {
        EN: "a message was quarantined",
        IT: "un messaggio è in quarantena",
        SV: "ett meddelande är i karantän",
    },
    "security": {EN: "a security event", IT: "un evento di sicurezza", SV: "en säkerhetshändelse"},
    "zombie": {
        EN: "a session was closed by rule",
        IT: "una ricarica è stata chiusa d’ufficio",
        SV: "en laddning stängdes av regel",
    },
}
