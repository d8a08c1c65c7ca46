//! Tables of location texts.

use std::collections::BTreeSet;

use super::*;

fn keys(text: &str) -> BTreeSet<String> {
    locations(Vocabulary::builtin(), text).into_iter().map(|location| location.key).collect()
}

#[test]
fn names_codes_and_order_do_not_matter() {
    for (a, b) in [
        ("USA/EU", "EU, United States"),
        ("US", "the United States of America"),
        ("UK and Ireland", "Ireland; United Kingdom"),
        ("European Economic Area", "EEA"),
        ("Worldwide", "Global"),
        ("Bosnia and Herzegovina, Germany", "DE, BA"),
        ("Trinidad and Tobago", "TT"),
        ("Deutschland", "Germany"),
        ("Vereinigte Staaten", "USA"),
        ("Deutschland und Frankreich", "France, Germany"),
        ("Bosnien und Herzegowina; Irland", "IE, BA"),
        ("United States (US)", "USA"),
        ("U.S.", "US"),
        ("EU (France/Germany)", "Germany, France"),
        ("US, EU & UK", "UK / USA / EU"),
        ("US\u{b9}, DE [2], FR[^3]", "France, Germany and the US"),
        ("USA / Ireland", "Ireland and the United States"),
    ] {
        assert_eq!(keys(a), keys(b), "{a} / {b}");
    }
    for (a, b) in [
        ("Europe", "European Economic Area"),
        ("EU", "EEA"),
        ("Frankreich", "USA"),
        ("Helsinki (HEL1)", "Frankfurt (FRA1)"),
        ("United States", "United States (primary)"),
        ("Ireland", "Northern Ireland"),
    ] {
        assert_ne!(keys(a), keys(b), "{a} / {b}");
    }
}

#[test]
fn details_may_be_before_or_behind_their_area() {
    for (a, b) in [
        ("Dublin, Ireland", "Ireland (Dublin)"),
        ("Germany - Frankfurt", "Frankfurt, Germany"),
        ("Paris (France)", "France, Paris"),
        ("USA, Oregon", "United States (Oregon)"),
        ("Dublin, Ireland; Frankfurt, Germany", "Germany (Frankfurt), Ireland (Dublin)"),
        ("Tel Aviv, Israel", "Israel: Tel Aviv"),
        ("US (Ohio, Oregon)", "Oregon and Ohio, USA"),
        ("San Francisco, CA, USA", "San Francisco, California, USA"),
        ("San Francisco, CA 94107", "San Francisco, California"),
        ("Wilmington, DE; Germany", "Germany; Wilmington, Delaware"),
        ("USA (CA)", "US (California)"),
        ("Munich, Germany", "Germany (München)"),
        ("\u{1f1fa}\u{1f1f8} USA, \u{1f1e9}\u{1f1ea}", "Germany and US"),
        ("Korea, Hong Kong SAR", "South Korea; Hong Kong"),
    ] {
        assert!(
            same_locations(Vocabulary::builtin(), a, b) && same_locations(Vocabulary::builtin(), b, a),
            "{a} / {b}"
        );
    }
    for (a, b) in [
        ("Dublin, Ireland", "Ireland"),
        ("Dublin, Ireland", "Dublin, USA"),
        ("CA", "California"),
        ("US, CA", "US, California"),
        ("Germany, CA", "Germany, California"),
        ("San Francisco, CA", "San Francisco, Colorado"),
        ("San Francisco, CA 94107", "San Francisco, CA 94105"),
        ("Toronto, CA", "Toronto, California"),
        ("Support, IN; Hosting, DE", "Support, DE; Hosting, IN"),
        ("\u{1f1fa}\u{1f1f8} (SCCs)", "\u{1f1e9}\u{1f1ea} (SCCs)"),
        ("\u{1f1fa}\u{1f1f8} East", "\u{1f1e9}\u{1f1ea} East"),
        ("\u{1f1fa}\u{1f1f8}", "\u{1f1e9}\u{1f1ea}"),
        ("Frankfurt, Germany", "Berlin, Germany"),
        ("US (primary), EU (backup)", "EU (primary), US (backup)"),
        ("US (primary), EU (backup)", "EU, primary; US (backup)"),
        (
            "Germany (storage), USA (support), India (support)",
            "Germany (storage), USA (storage, support), India (support)",
        ),
        ("EU; US (support); UK (support)", "EU (support); US; UK (support)"),
        ("Virginia, USA (primary); Oregon, USA (backup)", "Oregon, USA (primary); Virginia, USA (backup)"),
        ("US (Virginia), US (Ohio, backup)", "US (Virginia, backup), US (Ohio)"),
        ("EU, primary; US, backup", "EU, backup; US, primary"),
        ("Customer data, EU; Support data, US", "Customer data, US; Support data, EU"),
        ("somewhere", "elsewhere"),
        ("Ireland", "Northern Ireland"),
        ("Germany, backup in Ireland", "Ireland, backup in Germany"),
        ("USA", "USA, USA (Oregon)"),
    ] {
        assert!(
            !same_locations(Vocabulary::builtin(), a, b) && !same_locations(Vocabulary::builtin(), b, a),
            "{a} / {b}"
        );
    }
}

#[test]
fn areas_are_known_through_towns_and_phrases() {
    let area =
        |text: &str| locations(Vocabulary::builtin(), text).first().and_then(|location| location.area).map(Area::code);
    assert_eq!(area("Helsinki (HEL1)").as_deref(), Some("FI"));
    assert_eq!(area("EU regions").as_deref(), Some("EU"));
    assert_eq!(area("Virginia, USA").as_deref(), Some("US"));
    assert_eq!(area("eu-central-1").as_deref(), Some("DE"));
    assert_eq!(area("US East").as_deref(), Some("US"));
    assert_eq!(area("IT department"), None);
    assert_eq!(area("Region as configured"), None);
    assert!(locations(Vocabulary::builtin(), "Frankfurt").iter().all(|p| p.area.is_some_and(Area::in_eu)));
    assert!(!locations(Vocabulary::builtin(), "United Kingdom").iter().any(|p| p.area.is_some_and(Area::in_eu)));
}

#[test]
fn names_in_other_languages_are_the_same_places() {
    let words = Vocabulary::builtin();
    for (country, names) in [
        (
            "US",
            "Vereinigte Staaten|États-Unis|Etats-Unis|Estados Unidos|Stati Uniti|Verenigde Staten|Stany Zjednoczone|Spojené státy|Spojené štáty|Združene države Amerike|Sjedinjene Američke Države|Statele Unite|Egyesült Államok|Yhdysvallat|Ameerika Ühendriigid|Jungtinės Valstijos|Amerikas Savienotās Valstis|Stáit Aontaithe Mheiriceá|l-Istati Uniti|Съединени щати|САЩ|Ηνωμένες Πολιτείες|ΗΠΑ|Сполучені Штати|США|Amerika Birleşik Devletleri|ABD|Bandaríkin|美国|美國|アメリカ合衆国|アメリカ|米国|미국|U.S.A.|the United States of America|USA (États-Unis)|in den USA|aux États-Unis|in the US",
        ),
        (
            "DE",
            "Deutschland|Allemagne|Alemania|Germania|Duitsland|Niemcy|Německo|Nemecko|Nemčija|Njemačka|Tyskland|Saksa|Saksamaa|Vokietija|Vācija|Németország|Германия|Γερμανία|Німеччина|Almanya|Þýskaland|德国|德國|ドイツ|독일|Alemanha|an Ghearmáin|l'Allemagne|BRD|en Allemagne",
        ),
        (
            "IE",
            "Irland|Irlande|Irlanda|Ierland|Irlandia|Irsko|Írsko|Irska|Írország|Irlanti|Iirimaa|Airija|Īrija|Ирландия|Ιρλανδία|Ірландія|İrlanda|Írland|爱尔兰|愛爾蘭|アイルランド|아일랜드|Éire|Republic of Ireland",
        ),
        (
            "NL",
            "Niederlande|die Niederlande|Pays-Bas|les Pays-Bas|Países Bajos|Paesi Bassi|Nederland|Holandia|Nizozemsko|Holandsko|Nizozemska|Hollandia|Alankomaat|Holland|Nyderlandai|Nīderlande|Нидерландия|Нідерланди|Hollanda|荷兰|荷蘭|オランダ|네덜란드|Ολλανδία|the Netherlands",
        ),
        (
            "GB",
            "Vereinigtes Königreich|Royaume-Uni|Reino Unido|Regno Unito|Verenigd Koninkrijk|Wielka Brytania|Spojené království|Spojené kráľovstvo|Ujedinjeno Kraljevstvo|Egyesült Királyság|Yhdistynyt kuningaskunta|Suurbritannia|Storbritannien|Storbritannia|Jungtinė Karalystė|Apvienotā Karaliste|Обединеното кралство|Ηνωμένο Βασίλειο|Велика Британія|Birleşik Krallık|Bretland|英国|英國|イギリス|영국|Großbritannien|U.K.|Great Britain",
        ),
        ("IS", "Island|Islande|Islandia|Islanda|IJsland|Islanti|Ísland|冰岛|アイスランド|아이슬란드|İzlanda|Ісландія"),
        (
            "KR",
            "South Korea|Südkorea|Corée du Sud|Corea del Sur|Zuid-Korea|韩国|韓国|대한민국|한국|Korea, Republic of|Republic of Korea",
        ),
        (
            "EU",
            "Europäische Union|Union européenne|UE|Unión Europea|Unione europea|Europese Unie|Unia Europejska|Evropská unie|Európska únia|Evropska unija|Europska unija|Európai Unió|Euroopan unioni|Euroopa Liit|Europos Sąjunga|Eiropas Savienība|Uniunea Europeană|Европейски съюз|Ευρωπαϊκή Ένωση|Європейський Союз|Avrupa Birliği|Evrópusambandið|欧盟|歐盟|欧州連合|유럽연합|EU member states|l'Union européenne|dans l'UE",
        ),
        (
            "EEA",
            "EWR|EEE|EER|EES|EHP|EOG|EØS|SEE|Europäischer Wirtschaftsraum|EU/EEA|EU / EWR|EEA and EU|European Economic Area (EEA)|欧洲经济区|유럽 경제 지역",
        ),
        (
            "Global",
            "weltweit|Worldwide|Global|Worldwide/Global|mundial|monde entier|mondiale|wereldwijd|cały świat|celosvětově|globalt|hele verden|maailmanlaajuisesti|全球|全世界|世界中|전 세계|dünya geneli|по всьому світу|Globally",
        ),
    ] {
        for name in names.split('|') {
            let found = locations(words, name);
            let is_country = |place: &Location| place.known && place.area.map(Area::code).as_deref() == Some(country);
            assert!(!found.is_empty() && found.iter().all(is_country), "{name}: {found:?}");
            assert!(same_locations(words, name, country) && same_locations(words, country, name), "{name}");
        }
    }
}

#[test]
fn lists_of_places_are_equal_in_all_languages() {
    let words = Vocabulary::builtin();
    for (a, b) in [
        ("UK + EU.", "EU/UK"),
        ("UK+EU", "EU, UK"),
        ("US & EU & UK", "UK, EU, US"),
        ("US|EU", "EU | US"),
        ("US • Ireland", "Ireland · US"),
        ("USA, Irland und Deutschland", "Germany, Ireland, United States"),
        ("France et Allemagne", "Deutschland sowie Frankreich"),
        ("Alemania y Francia", "France, Germany"),
        ("Germania e Francia", "Germania, Francia"),
        ("Alemanha e Irlanda", "Irlanda, Alemanha"),
        ("Duitsland en Frankrijk", "Frankrijk, Duitsland"),
        ("Niemcy i Francja", "Francja oraz Niemcy"),
        ("Německo a Francie", "Francie, Německo"),
        ("Németország és Franciaország", "Franciaország, Németország"),
        ("Saksa ja Ranska", "Ranska, Saksa"),
        ("Германия и Франция", "Франция, Германия"),
        ("Γερμανία και Γαλλία", "Γαλλία, Γερμανία"),
        ("Almanya ve Fransa", "Fransa, Almanya"),
        ("Німеччина та Франція", "Франція, Німеччина"),
        ("德国、美国", "美国，德国"),
        ("德国和法国", "法国、德国"),
        ("ドイツとフランス", "フランス、ドイツ"),
        ("ドイツ・フランス", "フランスおよびドイツ"),
        ("독일과 프랑스", "프랑스, 독일"),
        ("니카라과와 과테말라", "과테말라, 니카라과"),
        ("美国（弗吉尼亚）", "美国(弗吉尼亚)"),
        ("Brazil, US, and the EU", "EU, US, Brasilien"),
        ("Munich", "München"),
        ("Köln, Deutschland", "Cologne, Germany"),
        ("Wien", "Vienna, Austria"),
        ("Prague", "Praha, Česko"),
        ("Kyiv, Ukraine", "Київ"),
        ("Warszawa, Polska", "Warsaw (Poland)"),
        ("Frankfurt am Main", "Frankfurt, DE"),
        ("Frankfurt", "Germany (Frankfurt)"),
        ("Dublin; Frankfurt", "Frankfurt, Germany; Dublin, Ireland"),
        ("eu-central-1", "eu-central-1 (Frankfurt)"),
        ("eu-central-1 (Frankfurt)", "Germany (eu-central-1)"),
        ("us-east-1", "us-east-1 (N. Virginia), USA"),
        ("San Francisco, CA", "San Francisco, California, USA"),
        ("San Francisco, CA", "San Francisco, CA, United States"),
        ("Atlanta, Georgia", "Atlanta, GA"),
        ("Atlanta, Georgia", "Atlanta, Georgia, USA"),
        ("Georgia, USA", "US (Georgia)"),
        ("New Jersey", "New Jersey, USA"),
        ("Portland, OR, USA", "USA (Portland, Oregon)"),
        ("EU/EEA", "EEA"),
        ("EWR/EU", "EU & EEA"),
    ] {
        assert!(same_locations(words, a, b) && same_locations(words, b, a), "{a} / {b}");
    }
    for (a, b) in [
        ("Frankreich", "USA"),
        ("Georgia", "Georgia, USA"),
        ("Georgia", "Atlanta, Georgia"),
        ("Tbilisi, Georgia", "Atlanta, Georgia"),
        ("Jersey", "New Jersey"),
        ("Mexico", "New Mexico"),
        ("Island", "Long Island"),
        ("San Francisco, CA", "Toronto, CA"),
        ("San Francisco, CA", "San Francisco, Canada"),
        ("Frankfurt", "eu-central-1"),
        ("Frankfurt", "Germany"),
        ("AWS eu-central-1", "GCP europe-west3"),
        ("us-east-1", "us-west-2"),
        ("EU", "EU/EEA"),
        ("EEA", "EEA, US"),
        ("UK", "EU + UK"),
        ("美国", "德国"),
        ("韩国", "朝鲜"),
        ("Niger", "Nigeria"),
        ("Guinea", "Papua New Guinea"),
        ("Österreich", "Australien"),
        ("Slowakei", "Slowenien"),
        ("Slovensko", "Slovenija"),
        ("Iran", "Irak"),
        ("Kongo", "Deutschland"),
        ("outside the EU", "EU"),
        ("nicht in der EU", "EU"),
        ("R+D centre", "R, D centre"),
    ] {
        assert!(!same_locations(words, a, b) && !same_locations(words, b, a), "{a} / {b}");
    }
}

#[test]
fn cloud_regions_and_towns_are_in_their_countries() {
    for (text, code) in [
        ("AWS us-east-1", "US"),
        ("AWS eu-central-1", "DE"),
        ("AWS (eu-west-1)", "IE"),
        ("AWS Region eu-west-3", "FR"),
        ("europe-west3", "DE"),
        ("GCP europe-west1", "BE"),
        ("Google Cloud europe-west4", "NL"),
        ("Azure West Europe", "NL"),
        ("Azure: North Europe", "IE"),
        ("Azure Germany West Central", "DE"),
        ("westeurope", "NL"),
        ("Microsoft Azure Switzerland North", "CH"),
        ("Azure East US 2", "US"),
        ("US East (N. Virginia)", "US"),
        ("ap-southeast-2", "AU"),
        ("Hetzner Falkenstein", "DE"),
        ("New Jersey", "US"),
        ("Washington, DC", "US"),
        ("Texas", "US"),
        ("Göteborg", "SE"),
        ("東京", "JP"),
        ("서울", "KR"),
    ] {
        let found = locations(Vocabulary::builtin(), text);
        assert_eq!(found[0].area.map(Area::code).as_deref(), Some(code), "{text}: {found:?}");
    }
    for text in ["North", "Central", "Customer's region", "AWS", "Azure", "us", "in it", "EUROPACE", "Cloud", "West"] {
        let found = locations(Vocabulary::builtin(), text);
        assert!(found.iter().all(|location| location.area.is_none()), "{text}: {found:?}");
    }
}

#[test]
fn gained_and_lost_places_are_those_that_differ() {
    for (before, after, gained, lost) in [
        ("Frankreich", "USA", "USA", "Frankreich"),
        ("Vereinigte Staaten, Irland", "Ireland, US, Kanada", "Kanada", ""),
        ("UK/EU", "UK", "", "EU"),
        ("UE + UK", "EU", "", "UK"),
        ("德国、法国", "法国，美国", "美国", "德国"),
        ("독일과 프랑스", "독일", "", "프랑스"),
        ("Niemcy i Francja", "Niemcy, Francja i Hiszpania", "Hiszpania", ""),
        ("EU/EEA, UK", "EEA, US", "US", "UK"),
        ("San Francisco, CA", "San Francisco, CA; Berlin", "Berlin", ""),
        ("München", "Munich, Wien", "Wien", ""),
    ] {
        let texts = |texts: Vec<crate::model::Text>| {
            texts.iter().map(|text| text.as_str().to_owned()).collect::<Vec<_>>().join("|")
        };
        let (a, b) = (before.into(), after.into());
        let comparison = crate::compare::Comparison::Locations;
        let (new, old) = crate::compare::gained_and_lost(Vocabulary::builtin(), comparison, Some(&a), Some(&b));
        assert_eq!((texts(new).as_str(), texts(old).as_str()), (gained, lost), "{before} / {after}");
    }
}
