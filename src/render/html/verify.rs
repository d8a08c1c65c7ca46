//! The page for auditors: the keys of the log, and the commands that verify it.

use maud::{Markup, html};

use changecast_core::prose::messages::fill;

use super::{
    super::{File, Publication, PublishedList, list_title, published::Verification, twins},
    page::{Content, Page, Scripts},
};

/// `verify.html` of a list.
pub(super) fn page(publication: &Publication<'_>, list: &PublishedList<'_>) -> File {
    let messages = publication.messages();
    let title = fill(messages.verify_title, &[&list_title(list)]);
    let page = Page {
        publication,
        list: Some(list),
        title: &title,
        heading: html! { (title) },
        description: &title,
        home: "",
        release: list.newest(),
        scripts: Scripts::None,
        twin: Some(twins::VERIFY.to_owned()),
    };
    let content = Content { lead: html! {}, body: html! { div id="verify" { (body(publication, list)) } } };
    File::new(format!("{}/verify.html", list.id), page.render(&content))
}

fn body(publication: &Publication<'_>, list: &PublishedList<'_>) -> Markup {
    let messages = publication.messages();
    let Some(Verification { origin, root, release, whole, one }) = list.verification(publication) else {
        return html! { p { (messages.cannot_verify) } };
    };
    html! {
        p { (messages.verify_intro) " " code { "changecast verify" } " " (messages.verify_script) }
        pre tabindex="0" { code { (whole) } }
        p { (messages.verify_one) }
        pre tabindex="0" { code { (one) } }
        dl {
            dt { (messages.log) } dd { code { (origin) } }
            @for key in root { dt { (messages.root_key) } dd { code { (key) } } }
            @for key in release { dt { (messages.release_key) } dd { code { (key) } } }
            dt { (messages.files) } dd { a href="list.json" { "list.json" } ", " a href="index.json" { "index.json" } ", " a href="verify.sh" { "verify.sh" } }
        }
    }
}
