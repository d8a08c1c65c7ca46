//! The table of formats.

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    config::ReadingConfig,
    error::{Problem, ReadError, Warning},
    syntax::{
        block::Page,
        code::Code,
        component,
        csv::{self, Record},
        front_matter, html,
        incremental::ItemCache,
        javascript, json, markdown, mdx,
        replaced::{is_html_document, is_json_document},
        rst, toml,
        tree::Node,
        yaml,
    },
};

/// A row of the table of formats.
pub(crate) struct Format {
    /// The name in the configuration.
    pub name: &'static str,
    /// Extensions of its files, in lower case.
    pub extensions: &'static [&'static str],
    /// A short description, for people who choose a format.
    pub about: &'static str,
    pub syntax: Syntax,
    /// Extensions of files that may be the entries of a folder, in lower case.
    entry_extensions: &'static [&'static str],
}

/// The parser of a format, by the structure that it returns.
#[derive(Clone, Copy)]
pub(crate) enum Syntax {
    /// The blocks of a page, by text and words.
    Page(fn(&str, &Vocabulary) -> Result<Page, ReadError>),
    /// The data and the markup of code, by path, text and words.
    Code(fn(&str, &str, &Vocabulary) -> Result<Code, ReadError>),
    /// The records of a table, by path, text and configuration.
    Records(fn(&str, &str, &ReadingConfig) -> Result<Vec<Record>, ReadError>),
    /// A tree of maps and lists.
    Tree {
        parse: fn(&str, &mut Vec<Warning>) -> Result<Node, ReadError>,
        /// Parses with the items of earlier versions. `None` means that the text must be parsed as a whole.
        parse_incremental: fn(&mut ItemCache, &str) -> Option<Node>,
    },
}

/// The formats that may contain a whole HTML document.
const HTML_INSIDE: [&str; 4] = ["component", "html", "markdown", "mdx"];

/// The formats that can be read.
pub(crate) static FORMATS: &[Format] = &[
    Format {
        name: "markdown",
        extensions: &["md", "markdown", "mdown", "txt"],
        about: "Markdown pages: tables, bullets, definition lists, HTML inside",
        syntax: Syntax::Page(markdown::parse),
        entry_extensions: &["md", "markdown"],
    },
    Format {
        name: "mdx",
        extensions: &["mdx"],
        about: "MDX pages: Markdown, and literal arrays in their code and in the attributes of components",
        syntax: Syntax::Code(mdx::parse),
        entry_extensions: &["mdx"],
    },
    Format {
        name: "html",
        extensions: &["html", "htm", "xhtml"],
        about: "HTML pages and templates (ERB, EJS, Blade, Liquid and others): tables, lists, definition lists",
        syntax: Syntax::Page(html::parse),
        entry_extensions: &[],
    },
    Format {
        name: "javascript",
        extensions: &["ts", "tsx", "js", "jsx", "mts", "cts", "mjs", "cjs"],
        about: "TypeScript and JavaScript: literal arrays of objects, and literal tables in JSX",
        syntax: Syntax::Code(javascript::parse),
        entry_extensions: &[],
    },
    Format {
        name: "component",
        extensions: &["astro", "svelte", "vue"],
        about: "Components of Astro, Svelte and Vue: literal tables, and literal arrays in their code",
        syntax: Syntax::Code(component::parse),
        entry_extensions: &[],
    },
    Format {
        name: "csv",
        extensions: &["csv", "tsv", "tab"],
        about: "CSV and TSV tables; the delimiter and the header are detected",
        syntax: Syntax::Records(csv::parse),
        entry_extensions: &[],
    },
    Format {
        name: "rst",
        extensions: &["rst", "rest"],
        about: "reStructuredText pages: list tables, grid and simple tables, bullets, definition lists",
        syntax: Syntax::Page(|text, _| rst::parse(text)),
        entry_extensions: &[],
    },
    Format {
        name: "yaml",
        extensions: &["yaml", "yml"],
        about: "YAML: native inventories, and lists of maps under any keys",
        syntax: Syntax::Tree { parse: |text, _| yaml::parse(text), parse_incremental: ItemCache::parse_yaml },
        entry_extensions: &["yaml", "yml"],
    },
    Format {
        name: "json",
        extensions: &["json"],
        about: "JSON: native inventories, and lists of objects under any keys",
        syntax: Syntax::Tree { parse: json::parse, parse_incremental: json::parse_incremental },
        entry_extensions: &["json"],
    },
    Format {
        name: "toml",
        extensions: &["toml"],
        about: "TOML: native inventories, and arrays of tables under any keys",
        syntax: Syntax::Tree { parse: |text, _| toml::parse(text), parse_incremental: |_, _| None },
        entry_extensions: &["toml"],
    },
];

impl Format {
    /// The format of a file, by its extension or as configured.
    ///
    /// # Errors
    /// [`Problem::UnknownFormat`].
    pub fn of(path: &str, config: &ReadingConfig) -> Result<&'static Format, ReadError> {
        if let Some(name) = &config.format {
            return Format::named(name);
        }
        let known = Format::of_extension(path).or_else(|| {
            let page = without_template_extension(path)?;
            // `page.md.erb` makes Markdown. A name without another extension makes a page.
            Format::of_extension(page).or_else(|| FORMATS.iter().find(|format| format.name == "html"))
        });
        let extension = extension(path);
        known.ok_or_else(|| Problem::UnknownFormat(extension).into())
    }

    fn of_extension(path: &str) -> Option<&'static Format> {
        let extension = extension(path);
        FORMATS.iter().find(|format| format.extensions.contains(&extension.as_str()))
    }

    /// The format of a file with this text. A whole JSON document is JSON under any name: a list that moves to JSON
    /// may keep the name of its page for some time, and an API may answer with JSON in place of a page.
    ///
    /// # Errors
    /// [`Problem::UnknownFormat`], and [`Problem::Replaced`] if data are replaced by a page.
    pub fn of_content(path: &str, text: &str, config: &ReadingConfig) -> Result<&'static Format, ReadError> {
        let stated = Format::of(path, config)?;
        match stated.syntax {
            Syntax::Page(_) | Syntax::Records(_) if is_json_document(text) => Format::named("json"),
            _ if is_html_document(text) && !HTML_INSIDE.contains(&stated.name) => {
                Err(Problem::Replaced("an HTML page").into())
            }
            _ => Ok(stated),
        }
    }

    fn named(name: &str) -> Result<&'static Format, ReadError> {
        let named = FORMATS.iter().find(|format| format.name == name);
        named.ok_or_else(|| Problem::UnknownFormat(name.to_owned()).into())
    }

    /// The format of a file that may be an entry of a folder.
    pub fn of_entry(path: &str) -> Option<&'static Format> {
        let extension = extension(path);
        FORMATS.iter().find(|format| format.entry_extensions.contains(&extension.as_str()))
    }

    /// Parses a file that is an entry of a folder: a tree, or the front matter of a page. `None` means that
    /// the file contains no fields.
    pub fn parse_entry(&self, text: &str, warnings: &mut Vec<Warning>) -> Result<Option<Node>, ReadError> {
        match self.syntax {
            Syntax::Tree { parse, .. } => parse(text, warnings).map(Some),
            Syntax::Page(_) | Syntax::Code(_) | Syntax::Records(_) => front_matter::parse(text),
        }
    }
}

/// The extensions of templates, in lower case. They make a file of the format that precedes them.
const TEMPLATES: [&str; 17] = [
    "ejs", "erb", "eta", "gohtml", "handlebars", "hbs", "j2", "jinja", "jinja2", "liquid", "mustache", "njk",
    "nunjucks", "php", "tmpl", "tpl", "twig",
];

/// The path of a template without its extension. `None` if it is not a template.
fn without_template_extension(path: &str) -> Option<&str> {
    let (page, _) = path.rsplit_once('.')?;
    TEMPLATES.contains(&extension(path).as_str()).then_some(page)
}

fn extension(path: &str) -> String {
    path.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase()
}
