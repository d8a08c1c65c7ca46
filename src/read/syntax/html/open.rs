//! The elements that are open at some place of a page.

use std::collections::HashMap;

/// Open elements with something that is known of each, outer ones first. An end tag takes time in proportion to the
/// elements that it closes, and an end tag without an element takes no time, however many elements are open.
#[derive(Debug)]
pub(super) struct Open<T> {
    elements: Vec<(String, T)>,
    counts: HashMap<String, usize>,
    /// How many elements were looked at for end tags.
    #[cfg(test)]
    steps: usize,
}

impl<T> Default for Open<T> {
    fn default() -> Self {
        Open {
            elements: Vec::new(),
            counts: HashMap::new(),
            #[cfg(test)]
            steps: 0,
        }
    }
}

impl<T> Open<T> {
    pub fn open(&mut self, name: &str, known: T) {
        *self.counts.entry(name.to_owned()).or_default() += 1;
        self.elements.push((name.to_owned(), known));
    }

    /// Closes the innermost element of a name, with all elements in it. Returns their data, inner ones first.
    pub fn close(&mut self, name: &str) -> Vec<T> {
        let mut closed = Vec::new();
        if self.counts.get(name).is_none_or(|count| *count == 0) {
            return closed;
        }
        while let Some((last, known)) = self.elements.pop() {
            #[cfg(test)]
            (self.steps += 1);
            let is_found = last == name;
            self.counts.entry(last).and_modify(|count| *count -= 1);
            closed.push(known);
            if is_found {
                break;
            }
        }
        closed
    }

    pub fn innermost(&self) -> Option<&T> {
        self.elements.last().map(|(_, known)| known)
    }

    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    pub fn clear(&mut self) {
        self.elements.clear();
        self.counts.clear();
    }

    /// The names of the elements, with their data.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.elements.iter().map(|(name, known)| (name.as_str(), known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_tag_closes_what_is_in_its_element() {
        let mut open = Open::default();
        for (place, name) in ["div", "p", "b", "p"].into_iter().enumerate() {
            open.open(name, place);
        }
        assert!(open.close("table").is_empty());
        assert_eq!(open.close("p"), [3]);
        assert_eq!(open.close("p"), [2, 1]);
        assert_eq!(open.innermost(), Some(&0));
    }

    #[test]
    fn end_tags_without_a_start_tag_cost_nothing() {
        let mut open = Open::default();
        (0..1_000).for_each(|place| open.open("div", place));
        (0..1_000).for_each(|_| drop(open.close("b")));
        assert_eq!(open.steps, 0);
        (0..2_000).for_each(|_| drop(open.close("div")));
        assert_eq!(open.steps, 1_000);
    }
}
