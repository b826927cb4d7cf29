/**
 * What the installation page says, by language; English for any other. The names of problems are Stillwatch's own codes.
 */
'use strict';

const TEXTS = {
  en: {
    intro: 'This app tells Stillwatch which chats were resolved: ids, group and times, nothing else.',
    address_label: 'Stillwatch address',
    address_hint: 'The host name alone, such as stillwatch.example.com. It must be reachable over HTTPS.',
    address_mended: 'Freshworks takes the host name alone: {host}',
    address_missing: 'Enter the address of Stillwatch.',
    address_ip: 'Freshworks does not allow IP addresses. Enter a host name such as stillwatch.example.com.',
    address_port: 'Freshworks does not allow ports. Stillwatch must be reachable on the usual HTTPS port 443.',
    address_local: 'This name is known inside your network only. Freshworks must reach Stillwatch from the internet.',
    address_malformed: 'This is no host name. Enter one such as stillwatch.example.com.',
    key_label: 'injixo API key',
    key_hint: 'In Stillwatch, open the integration, section Install the injixo app. It starts with ijx_.',
    key_again: 'A key was saved. It cannot be shown again: paste it, or a new one, to save changes.',
    show_key: 'Show the key',
    check: 'Check connection',
    checking: 'Checking …',
    connected: 'Connected to {name}',
    not_checked: 'The connection is being checked. Once it says Connected, save again.',
    missing_key: 'Paste the injixo API key.',
    malformed_key: 'This is no injixo API key: it is mistyped or cut off. Copy it again.',
    unknown_key: 'Stillwatch does not know this key. Generate a new one and paste it here.',
    revoked_key: 'This key was revoked. Generate a new one and paste it here.',
    expired_key: 'This key has expired. Paste the one that replaced it, or generate a new one.',
    integration_deleted: 'The integration of this key was deleted. Add it again and paste its new key here.',
    too_many: 'Too many requests in a minute. Wait a minute and check again.',
    store_unavailable: 'Stillwatch cannot answer just now. Check again in a moment.',
    not_stillwatch: 'Something answers at this address, but it is not Stillwatch. Check the address.',
    unreachable: 'Stillwatch cannot be reached at this address. Check the address, and that HTTPS works from the internet.',
  },
  de: {
    intro: 'Diese App meldet Stillwatch, welche Chats gelöst wurden: Kennungen, Gruppe und Zeiten, sonst nichts.',
    address_label: 'Stillwatch-Adresse',
    address_hint: 'Nur der Hostname, z. B. stillwatch.example.com. Er muss über HTTPS erreichbar sein.',
    address_mended: 'Freshworks nimmt nur den Hostnamen: {host}',
    address_missing: 'Gib die Adresse von Stillwatch ein.',
    address_ip: 'Freshworks erlaubt keine IP-Adressen. Gib einen Hostnamen wie stillwatch.example.com ein.',
    address_port: 'Freshworks erlaubt keine Ports. Stillwatch muss unter dem üblichen HTTPS-Port 443 erreichbar sein.',
    address_local: 'Diesen Namen kennt nur dein Netz. Freshworks muss Stillwatch aus dem Internet erreichen.',
    address_malformed: 'Das ist kein Hostname. Gib einen wie stillwatch.example.com ein.',
    key_label: 'injixo API-Key',
    key_hint: 'Öffne in Stillwatch die Integration, Abschnitt Installiere injixo-App. Er beginnt mit ijx_.',
    key_again: 'Ein Key ist gespeichert. Er wird nicht mehr angezeigt: Füge ihn oder einen neuen ein, um zu speichern.',
    show_key: 'Key anzeigen',
    check: 'Verbindung prüfen',
    checking: 'Wird geprüft …',
    connected: 'Verbunden mit {name}',
    not_checked: 'Die Verbindung wird geprüft. Sobald hier Verbunden steht, speichere noch einmal.',
    missing_key: 'Füge den injixo API-Key ein.',
    malformed_key: 'Das ist kein injixo API-Key: Er ist vertippt oder abgeschnitten. Kopiere ihn noch einmal.',
    unknown_key: 'Stillwatch kennt diesen Key nicht. Generiere einen neuen und füge ihn hier ein.',
    revoked_key: 'Dieser Key wurde widerrufen. Generiere einen neuen und füge ihn hier ein.',
    expired_key: 'Dieser Key ist abgelaufen. Füge seinen Nachfolger ein oder generiere einen neuen.',
    integration_deleted: 'Die Integration dieses Keys wurde gelöscht. Füge sie neu hinzu und trage ihren neuen Key hier ein.',
    too_many: 'Zu viele Anfragen in einer Minute. Warte eine Minute und prüfe dann noch einmal.',
    store_unavailable: 'Stillwatch kann gerade nicht antworten. Prüfe gleich noch einmal.',
    not_stillwatch: 'Unter dieser Adresse antwortet etwas, aber nicht Stillwatch. Prüfe die Adresse.',
    unreachable: 'Stillwatch ist unter dieser Adresse nicht erreichbar. Prüfe die Adresse und ob HTTPS aus dem Internet geht.',
  },
  fr: {
    intro: 'Cette application indique à Stillwatch quels chats ont été résolus : identifiants, groupe et heures, rien d’autre.',
    address_label: 'Adresse de Stillwatch',
    address_hint: 'Le nom d’hôte seul, par exemple stillwatch.example.com. Il doit être joignable en HTTPS.',
    address_mended: 'Freshworks n’accepte que le nom d’hôte : {host}',
    address_missing: 'Saisissez l’adresse de Stillwatch.',
    address_ip: 'Freshworks n’autorise pas les adresses IP. Saisissez un nom d’hôte comme stillwatch.example.com.',
    address_port: 'Freshworks n’autorise pas les ports. Stillwatch doit être joignable sur le port HTTPS habituel, 443.',
    address_local: 'Ce nom n’est connu que dans votre réseau. Freshworks doit joindre Stillwatch depuis Internet.',
    address_malformed: 'Ce n’est pas un nom d’hôte. Saisissez-en un comme stillwatch.example.com.',
    key_label: 'Clé API injixo',
    key_hint: 'Dans Stillwatch, ouvrez l’intégration, section Installer l’application injixo. Elle commence par ijx_.',
    key_again: 'Une clé est enregistrée. Elle ne peut plus être affichée : collez-la, ou une nouvelle, pour enregistrer.',
    show_key: 'Afficher la clé',
    check: 'Vérifier la connexion',
    checking: 'Vérification …',
    connected: 'Connecté à {name}',
    not_checked: 'La connexion est en cours de vérification. Dès que Connecté s’affiche, enregistrez à nouveau.',
    missing_key: 'Collez la clé API injixo.',
    malformed_key: 'Ce n’est pas une clé API injixo : elle est mal saisie ou tronquée. Copiez-la à nouveau.',
    unknown_key: 'Stillwatch ne connaît pas cette clé. Générez-en une nouvelle et collez-la ici.',
    revoked_key: 'Cette clé a été révoquée. Générez-en une nouvelle et collez-la ici.',
    expired_key: 'Cette clé a expiré. Collez celle qui l’a remplacée, ou générez-en une nouvelle.',
    integration_deleted: 'L’intégration de cette clé a été supprimée. Ajoutez-la à nouveau et collez sa nouvelle clé ici.',
    too_many: 'Trop de requêtes en une minute. Attendez une minute et vérifiez à nouveau.',
    store_unavailable: 'Stillwatch ne peut pas répondre pour l’instant. Vérifiez à nouveau dans un moment.',
    not_stillwatch: 'Quelque chose répond à cette adresse, mais ce n’est pas Stillwatch. Vérifiez l’adresse.',
    unreachable: 'Stillwatch est injoignable à cette adresse. Vérifiez l’adresse, et que HTTPS fonctionne depuis Internet.',
  },
};

/** Return our language for a browser's locale such as de-AT, English where we have none. */
function languageOf(locale) {
  const language = String(locale).toLowerCase().split('-')[0];
  return Object.keys(TEXTS).includes(language) ? language : 'en';
}

/** Return the text with {name} replaced by the value. */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
