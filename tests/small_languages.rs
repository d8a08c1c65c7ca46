//! Sentences of pages in thirteen languages: promises of notice, statements about data, introductions of recipients, and
//! mechanisms for transfers.

use changecast::read::{ReadingConfig, read};
use changecast_core::{
    change::{Kind, diff},
    model::{Inventory, ListState},
};
use serde_json::json;

use crate::support::TestRepo;

/// Sentences in one language.
struct Language {
    code: &'static str,
    /// "We inform you of new sub-processors at least 30 days before. You may object within 14 days of receiving the notice."
    addition: &'static str,
    /// "Whenever a sub-processor is replaced, we inform you three weeks before. In urgent cases, the notice may be shorter."
    replacement: &'static str,
    /// "As a rule, we inform you of new sub-processors 30 days before", which is no promise.
    hedged: &'static str,
    /// Sentences about the data that Kestrel keeps, passes on or encrypts.
    data: &'static [&'static str],
    /// "Kestrel has opened a new office in Paris."
    other: &'static str,
    /// "We share data with the following companies:", "These providers get your data:"
    recipients: &'static [&'static str],
    /// Names of the standard contractual clauses.
    clauses: &'static [&'static str],
    /// "Adequacy decision".
    adequacy: &'static str,
    /// "Not needed".
    not_needed: &'static str,
    /// "Appropriate safeguards", without the name of one.
    safeguards: &'static str,
}

const LANGUAGES: [Language; 13] = [
    Language {
        code: "bg",
        addition: "Уведомяваме ви за нови подизпълнители най-малко 30 дни предварително. Можете да възразите в срок от 14 дни от получаването на уведомлението.",
        replacement: "При замяна на подизпълнител ви уведомяваме 3 седмици предварително.",
        hedged: "Обикновено ви уведомяваме за нови подизпълнители 30 дни предварително.",
        data: &["Kestrel съхранява архиви само със съгласие.", "Kestrel криптира всичко, което получава."],
        other: "Kestrel откри нов офис в Париж.",
        recipients: &["Споделяме информация със следните компании:", "Предоставяме информация на тези доставчици:"],
        clauses: &["Стандартни договорни клаузи"],
        adequacy: "Решение за адекватност",
        not_needed: "Не се изисква",
        safeguards: "Подходящи гаранции",
    },
    Language {
        code: "cs",
        addition: "O nových subdodavatelích vás informujeme nejméně 30 dní předem. Námitku můžete podat do 14 dnů od doručení oznámení.",
        replacement: "O nahrazení subdodavatele informujeme 3 týdny předem.",
        hedged: "O nových subdodavatelích vás zpravidla informujeme 30 dní předem.",
        data: &["Kestrel uchovává zálohy jen se souhlasem.", "Kestrel šifruje vše, co dostane."],
        other: "Kestrel otevřel novou kancelář v Paříži.",
        recipients: &["Informace sdílíme s těmito společnostmi:", "Informace předáváme následujícím poskytovatelům:"],
        clauses: &["Standardní smluvní doložky"],
        adequacy: "Rozhodnutí o odpovídající úrovni ochrany",
        not_needed: "Nevyžaduje se",
        safeguards: "Vhodné záruky",
    },
    Language {
        code: "da",
        addition: "Vi underretter jer om nye underdatabehandlere mindst 30 dage før. I kan gøre indsigelse inden for 14 dage efter modtagelsen af varslet.",
        replacement: "Hvis en underdatabehandler udskiftes, varsler vi 3 uger før.",
        hedged: "Vi underretter normalt om nye underdatabehandlere 30 dage før.",
        data: &["Kestrel opbevarer kopier med samtykke.", "Kestrel krypterer alt, hvad den får."],
        other: "Kestrel har åbnet et nyt kontor i Paris.",
        recipients: &["Vi deler oplysninger med følgende virksomheder:"],
        clauses: &["Standardkontraktbestemmelser"],
        adequacy: "Tilstrækkelighedsafgørelse",
        not_needed: "Ikke påkrævet",
        safeguards: "Fornødne garantier",
    },
    Language {
        code: "el",
        addition: "Σας ενημερώνουμε για νέους υπεργολάβους τουλάχιστον 30 ημέρες πριν. Μπορείτε να αντιταχθείτε εντός 14 ημερών από την παραλαβή της ειδοποίησης.",
        replacement: "Για την αντικατάσταση υπεργολάβου σας ενημερώνουμε 3 εβδομάδες πριν.",
        hedged: "Συνήθως σας ενημερώνουμε για νέους υπεργολάβους 30 ημέρες πριν.",
        data: &["Η Kestrel αποθηκεύει αντίγραφα μόνο με συγκατάθεση.", "Η Kestrel κρυπτογραφεί ό,τι λαμβάνει."],
        other: "Η Kestrel άνοιξε νέο γραφείο στο Παρίσι.",
        recipients: &["Κοινοποιούμε πληροφορίες στις ακόλουθες εταιρείες:", "Συνεργαζόμαστε με τους εξής παρόχους:"],
        clauses: &["Τυποποιημένες συμβατικές ρήτρες"],
        adequacy: "Απόφαση επάρκειας",
        not_needed: "Δεν απαιτείται",
        safeguards: "Κατάλληλες εγγυήσεις",
    },
    Language {
        code: "et",
        addition: "Uutest alltöötlejatest teatame vähemalt 30 päeva ette. Vastuväite võite esitada 14 päeva jooksul alates teate saamisest.",
        replacement: "Alltöötleja asendamisest teatame 3 nädalat ette.",
        hedged: "Uutest alltöötlejatest teatame tavaliselt 30 päeva ette.",
        data: &["Kestrel säilitab varukoopiaid ainult nõusolekul.", "Kestrel krüpteerib kõik, mida ta saab."],
        other: "Kestrel avas Pariisis uue kontori.",
        recipients: &["Jagame teavet järgmiste ettevõtetega:", "Edastame teavet järgmistele teenusepakkujatele:"],
        clauses: &["Lepingu tüüptingimused", "Standardsed lepingutingimused"],
        adequacy: "Kaitse piisavuse otsus",
        not_needed: "Ei ole vaja",
        safeguards: "Asjakohased kaitsemeetmed",
    },
    Language {
        code: "fi",
        addition: "Ilmoitamme uusista alikäsittelijöistä vähintään 30 päivää etukäteen. Voitte vastustaa 14 päivän kuluessa ilmoituksen saamisesta.",
        replacement: "Kun alikäsittelijä korvataan, ilmoitamme siitä 3 viikkoa etukäteen.",
        hedged: "Ilmoitamme uusista alikäsittelijöistä yleensä 30 päivää etukäteen.",
        data: &["Kestrel säilyttää varmuuskopioita vain suostumuksella.", "Kestrel salaa kaiken saamansa."],
        other: "Kestrel avasi uuden toimiston Pariisiin.",
        recipients: &["Jaamme tietoja seuraaville yrityksille:", "Luovutamme tietoja näille palveluntarjoajille:"],
        clauses: &["Vakiosopimuslausekkeet"],
        adequacy: "Riittävyyspäätös",
        not_needed: "Ei tarvita",
        safeguards: "Asianmukaiset suojatoimet",
    },
    Language {
        code: "hr",
        addition: "O novim podizvršiteljima obavještavamo vas najmanje 30 dana unaprijed. Prigovor možete uložiti u roku od 14 dana od primitka obavijesti.",
        replacement: "O zamjeni podizvršitelja obavještavamo vas 3 tjedna unaprijed.",
        hedged: "O novim podizvršiteljima obično vas obavještavamo 30 dana unaprijed.",
        data: &["Kestrel čuva sigurnosne kopije samo uz privolu.", "Kestrel šifrira sve što primi."],
        other: "Kestrel je otvorio novi ured u Parizu.",
        recipients: &["Informacije dijelimo sa sljedećim tvrtkama:", "Informacije prosljeđujemo ovim pružateljima:"],
        clauses: &["Standardne ugovorne klauzule"],
        adequacy: "Odluka o primjerenosti",
        not_needed: "Nije potrebno",
        safeguards: "Odgovarajuće zaštitne mjere",
    },
    Language {
        code: "hu",
        addition: "Új alvállalkozóról legalább 30 nappal korábban értesítjük. Az értesítés kézhezvételétől számított 14 napon belül kifogást emelhet.",
        replacement: "Ha egy alvállalkozót lecserélünk, erről 3 héttel korábban értesítjük.",
        hedged: "Új alvállalkozóról általában 30 nappal korábban értesítjük.",
        data: &["A Kestrel mentéseket csak hozzájárulással tárol.", "A Kestrel mindent titkosít, amit kap."],
        other: "A Kestrel új irodát nyitott Párizsban.",
        recipients: &[
            "Az információkat a következő vállalatokkal osztjuk meg:",
            "Az információkat az alábbi szolgáltatóknak továbbítjuk:",
        ],
        clauses: &["Általános adatvédelmi kikötések", "Standard szerződéses kikötések"],
        adequacy: "Megfelelőségi határozat",
        not_needed: "Nem szükséges",
        safeguards: "Megfelelő garanciák",
    },
    Language {
        code: "lt",
        addition: "Apie naujus subtvarkytojus pranešame ne vėliau kaip prieš 30 dienų. Prieštarauti galite per 14 dienų nuo pranešimo gavimo.",
        replacement: "Apie subtvarkytojo pakeitimą pranešame prieš 3 savaites.",
        hedged: "Apie naujus subtvarkytojus paprastai pranešame prieš 30 dienų.",
        data: &["Kestrel saugo atsargines kopijas tik gavusi sutikimą.", "Kestrel šifruoja viską, ką gauna."],
        other: "Kestrel atidarė naują biurą Paryžiuje.",
        recipients: &["Informacija dalijamės su šiomis įmonėmis:", "Informaciją perduodame šiems paslaugų teikėjams:"],
        clauses: &["Standartinės sutarčių sąlygos"],
        adequacy: "Sprendimas dėl tinkamumo",
        not_needed: "Nereikia",
        safeguards: "Tinkamos apsaugos priemonės",
    },
    Language {
        code: "lv",
        addition: "Par jauniem apakšapstrādātājiem informējam vismaz 30 dienas iepriekš. Iebilst varat 14 dienu laikā pēc paziņojuma saņemšanas.",
        replacement: "Par apakšapstrādātāja aizstāšanu informējam 3 nedēļas iepriekš.",
        hedged: "Par jauniem apakšapstrādātājiem parasti informējam 30 dienas iepriekš.",
        data: &["Kestrel glabā rezerves kopijas tikai ar piekrišanu.", "Kestrel šifrē visu, ko saņem."],
        other: "Kestrel atvēra jaunu biroju Parīzē.",
        recipients: &[
            "Informāciju kopīgojam ar šādiem uzņēmumiem:",
            "Informāciju nododam šādiem pakalpojumu sniedzējiem:",
        ],
        clauses: &["Līguma standartklauzulas", "Standarta līguma klauzulas"],
        adequacy: "Lēmums par aizsardzības līmeņa pietiekamību",
        not_needed: "Nav nepieciešams",
        safeguards: "Atbilstošas garantijas",
    },
    Language {
        code: "ro",
        addition: "Vă informăm despre adăugarea unui subcontractant cu cel puțin 30 de zile înainte. Puteți obiecta în termen de 14 zile de la primirea notificării.",
        replacement: "La înlocuirea unui subcontractant vă informăm cu 3 săptămâni înainte.",
        hedged: "De regulă, vă informăm despre adăugarea unui subcontractant cu 30 de zile înainte.",
        data: &["Kestrel păstrează copii de rezervă numai cu consimțământ.", "Kestrel criptează tot ce primește."],
        other: "Kestrel a deschis un birou nou la Paris.",
        recipients: &["Partajăm informații cu următoarele companii:", "Transmitem informații acestor furnizori:"],
        clauses: &["Clauze contractuale standard", "Clauzele contractuale tip"],
        adequacy: "Decizie de adecvare",
        not_needed: "Nu este necesar",
        safeguards: "Garanții adecvate",
    },
    Language {
        code: "sk",
        addition: "O nových subdodávateľoch vás informujeme najmenej 30 dní vopred. Námietku môžete podať do 14 dní od doručenia oznámenia.",
        replacement: "O nahradení subdodávateľa vás informujeme 3 týždne vopred.",
        hedged: "O nových subdodávateľoch vás zvyčajne informujeme 30 dní vopred.",
        data: &["Kestrel uchováva zálohy len so súhlasom.", "Kestrel šifruje všetko, čo dostane."],
        other: "Kestrel otvoril novú kanceláriu v Paríži.",
        recipients: &[
            "Informácie zdieľame s týmito spoločnosťami:",
            "Informácie poskytujeme nasledujúcim poskytovateľom:",
        ],
        clauses: &["Štandardné zmluvné doložky"],
        adequacy: "Rozhodnutie o primeranosti",
        not_needed: "Nie je potrebné",
        safeguards: "Primerané záruky",
    },
    Language {
        code: "sl",
        addition: "O novih podizvajalcih vas obvestimo najmanj 30 dni vnaprej. Ugovor lahko vložite v 14 dneh po prejemu obvestila.",
        replacement: "O zamenjavi podizvajalca vas obvestimo 3 tedne vnaprej.",
        hedged: "O novih podizvajalcih vas običajno obvestimo 30 dni vnaprej.",
        data: &["Kestrel hrani varnostne kopije le s privolitvijo.", "Kestrel šifrira vse, kar prejme."],
        other: "Kestrel je odprl novo pisarno v Parizu.",
        recipients: &["Informacije delimo z naslednjimi podjetji:", "Informacije posredujemo naslednjim ponudnikom:"],
        clauses: &["Standardne pogodbene klavzule", "Standardna pogodbena določila"],
        adequacy: "Sklep o ustreznosti",
        not_needed: "Ni potrebno",
        safeguards: "Ustrezni zaščitni ukrepi",
    },
];

/// A page with a list of vendors and a paragraph below it.
fn page(paragraph: &str) -> String {
    format!(
        "# Sub-processors\n\n| Vendor | Purpose |\n|---|---|\n| Kestrel | Mail |\n| Oakline | Search |\n\n{paragraph}\n"
    )
}

fn list(text: &str) -> Inventory {
    read("list.md", text.as_bytes(), &ReadingConfig::default()).expect("a list").inventory
}

/// The faults, with their language and sentence, of which there must be none.
fn expect_none(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn promises_of_notice_are_terms() {
    let mut faults = Vec::new();
    for Language { code, addition, replacement, hedged, .. } in &LANGUAGES {
        // Lithuanian has one word for changes and replacements.
        let trigger = if *code == "lt" { "any" } else { "replaced" };
        for (text, expected) in [
            (addition, json!({"lead": {"added": "30d"}, "objection": {"within": "14d", "from": "receipt"}})),
            (replacement, json!({"lead": {trigger: "3w"}})),
            (hedged, json!(null)),
        ] {
            let terms = list(&page(text)).terms.map(|terms| terms.to_json().expect("terms"));
            let terms = terms.unwrap_or_default();
            if terms != expected {
                faults.push(format!("{code}: {text}\n  {terms}"));
            }
        }
    }
    expect_none(faults);
}

#[test]
fn sentences_about_the_data_of_a_vendor_belong_to_the_list() {
    let mut faults = Vec::new();
    for Language { code, data, other, .. } in &LANGUAGES {
        for sentence in data.iter().chain([other]) {
            // Below a heading about something else, only sentences about data count.
            let [before, after] = ["", sentence].map(|text| {
                let text = format!("{}\n## Blog\n\nOakline moved house.\n\n{text}\n", page(""));
                ListState::listed(list(&text))
            });
            let changes = diff(&before, &after).changes;
            if changes.iter().any(|change| change.kind == Kind::PageTextChanged) == (sentence == other) {
                faults.push(format!("{code}: {sentence}"));
            }
        }
    }
    expect_none(faults);
}

#[test]
fn companies_below_an_introduction_of_recipients_are_a_list() {
    let mut faults = Vec::new();
    for Language { code, recipients, .. } in &LANGUAGES {
        for introduction in *recipients {
            let text = format!("# Privacy\n\n{introduction}\n\n- Kestrel\n- Oakline\n- Tallyline\n");
            let found = read("privacy.md", text.as_bytes(), &ReadingConfig::default());
            if !found.is_ok_and(|found| found.inventory.entries.len() == 3) {
                faults.push(format!("{code}: {introduction}"));
            }
        }
    }
    expect_none(faults);
}

#[test]
fn mechanisms_of_transfers_are_known() {
    let mut text = "# Sub-processors\n\n| Vendor | Purpose | Location | Transfer |\n|---|---|---|---|\n".to_owned();
    let (mut covered, mut open) = (Vec::new(), Vec::new());
    for Language { code, clauses, adequacy, not_needed, safeguards, .. } in &LANGUAGES {
        let clauses = clauses.iter().enumerate().map(|(at, clauses)| (format!("Clause {code} {at}"), *clauses));
        let others = [("Adequate", adequacy), ("Needless", not_needed), ("Safe", safeguards)];
        let others = others.map(|(name, text)| (format!("{name} {code}"), *text));
        for (name, mechanism) in clauses.chain(others) {
            text.push_str(&format!("| {name} Ltd | Mail | India | {mechanism} |\n"));
            if name.starts_with("Clause") { covered.push(name) } else { open.push(name) }
        }
    }
    let repo = TestRepo::new().commit("one", &[("list.md", Some(&text))]);
    repo.build();
    let check = repo.run(&["check", "--repo", "repo", "--inventory", "list.md", "--format", "json", "--all"]);
    let found = check.out.clone() + &check.err;
    let mut faults: Vec<String> = covered.into_iter().filter(|name| found.contains(&format!("{name} Ltd"))).collect();
    faults.extend(open.into_iter().filter(|name| !found.contains(&format!("{name} Ltd: "))));
    expect_none(faults);
}
