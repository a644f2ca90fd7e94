//! Where in a file the changes are.

use std::collections::HashMap;
use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::change::{Change, Genre, Position};

/// A part of a file with the changes that are made there. Ranges are of bytes.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    /// The numbers of the changes.
    pub(super) changes: Vec<usize>,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// What stands between the braces of a function.
    Body,
    /// Two operands and what stands between them.
    Binary { left: Range<usize>, operator: Range<usize>, right: Range<usize> },
    /// `&&` or `||`: the operand on the right may be left alone.
    Lazy { left: Range<usize>, and: bool, right: Range<usize> },
    /// An operator before its operand.
    Unary { operator: Range<usize>, operand: Range<usize> },
    /// What stands between the pattern of an arm and its arrow: a guard, or nothing.
    Guard(Option<Range<usize>>),
    /// The `const` before a function of this name, in which the changes are: it is taken away, or they could not be switched.
    Const(String),
    /// A struct; each change takes out a field, up to the next one.
    Fields(Vec<Range<usize>>),
}

/// The places of a file, outer ones before inner ones.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) woven: Vec<Place>,
    /// The changes that no switch can make: what is computed while compiling, and what has to be of one type whether it is changed
    /// or not.
    pub(super) fixed: Vec<usize>,
    /// The changes that do not compile, which the compiler would tell of in another place.
    pub(super) broken: Vec<usize>,
}

/// Finds the changes in the file that they are in. They come with their numbers.
pub(super) fn find<'a>(
    source: &str,
    changes: impl Iterator<Item = (usize, &'a Change)>,
) -> Result<Places, syn::Error> {
    let file = syn::parse_file(source)?;
    let mut finder = Finder { wanted: HashMap::new(), fixed: false, found: Places::default() };
    for (number, change) in changes {
        finder.wanted.entry((change.genre, change.start)).or_default().push(number);
    }
    finder.visit_file(&file);
    // What was not met stands where no expression is expected.
    finder.found.fixed.extend(finder.wanted.into_values().flatten());
    finder.found.woven.sort_by_key(|place| (place.range.start, std::cmp::Reverse(place.range.end)));
    Ok(finder.found)
}

struct Finder {
    wanted: HashMap<(Genre, Position), Vec<usize>>,
    /// Whether we are in what is computed while compiling.
    fixed: bool,
    found: Places,
}

impl Finder {
    fn take(&mut self, genre: Genre, span: Span) -> Vec<usize> {
        let start = span.start();
        self.wanted.remove(&(genre, (start.line, start.column + 1))).unwrap_or_default()
    }

    fn keep(&mut self, range: Range<usize>, kind: Kind, changes: Vec<usize>) {
        if self.fixed || range.is_empty() {
            self.found.fixed.extend(changes);
        } else if !changes.is_empty() {
            self.found.woven.push(Place { range, kind, changes });
        }
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block, visit: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.fixed, false);
        let outer = self.found.woven.len();
        if let (Some(first), Some(last)) = (block.stmts.first(), block.stmts.last()) {
            let changes = self.take(Genre::Body, first.span());
            if is_opaque(&signature.output) {
                self.found.fixed.extend(changes);
            } else {
                let range = first.span().byte_range().start..last.span().byte_range().end;
                self.keep(range, Kind::Body, changes);
            }
        }
        visit(self);
        if let Some(constness) = &signature.constness {
            let inside = self.found.woven.iter().skip(outer).flat_map(|place| place.changes.iter().copied());
            let (changes, name) = (inside.collect(), signature.ident.to_string());
            self.keep(constness.span().byte_range(), Kind::Const(name), changes);
        }
        self.fixed = before;
    }

    fn constant(&mut self, visit: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.fixed, true);
        visit(self);
        self.fixed = before;
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block, |finder| visit::visit_item_fn(finder, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block, |finder| visit::visit_impl_item_fn(finder, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block, |finder| visit::visit_trait_item_fn(finder, item));
        }
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.constant(|finder| visit::visit_item_const(finder, item));
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.constant(|finder| visit::visit_item_static(finder, item));
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.constant(|finder| visit::visit_impl_item_const(finder, item));
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        self.constant(|finder| visit::visit_trait_item_const(finder, item));
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.constant(|finder| visit::visit_variant(finder, variant));
    }

    fn visit_expr_const(&mut self, expression: &'ast syn::ExprConst) {
        self.constant(|finder| visit::visit_expr_const(finder, expression));
    }

    fn visit_type_array(&mut self, array: &'ast syn::TypeArray) {
        self.constant(|finder| visit::visit_type_array(finder, array));
    }

    fn visit_expr_repeat(&mut self, repeat: &'ast syn::ExprRepeat) {
        self.visit_expr(&repeat.expr);
        self.constant(|finder| finder.visit_expr(&repeat.len));
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        let changes = self.take(Genre::Binary, binary.op.span());
        let (left, right) = (binary.left.span().byte_range(), binary.right.span().byte_range());
        let kind = match binary.op {
            // A binding is no operand.
            syn::BinOp::And(_) | syn::BinOp::Or(_) if binds(&binary.left) || binds(&binary.right) => None,
            syn::BinOp::And(_) => Some(Kind::Lazy { left, and: true, right }),
            syn::BinOp::Or(_) => Some(Kind::Lazy { left, and: false, right }),
            operator => Some(Kind::Binary { left, operator: operator.span().byte_range(), right }),
        };
        match kind {
            Some(kind) => self.keep(binary.span().byte_range(), kind, changes),
            None => self.found.broken.extend(changes),
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        let changes = self.take(Genre::Unary, unary.op.span());
        let (operator, operand) = (unary.op.span().byte_range(), unary.expr.span().byte_range());
        self.keep(unary.span().byte_range(), Kind::Unary { operator, operand }, changes);
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_match(&mut self, matched: &'ast syn::ExprMatch) {
        // Where no arm takes all that is left, none may be left out.
        if !matched.arms.iter().any(|arm| matches!(arm.pat, syn::Pat::Wild(_))) {
            for arm in &matched.arms {
                let changes = self.take(Genre::Arm, arm.span());
                self.found.broken.extend(changes);
            }
        }
        visit::visit_expr_match(self, matched);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        let arrow = arm.fat_arrow_token.span().byte_range().start;
        if let syn::Pat::Guard(guarded) = &arm.pat {
            let changes = self.take(Genre::Guard, guarded.guard.span());
            if binds(&guarded.guard) {
                self.found.fixed.extend(changes);
            } else {
                let range = guarded.pat.span().byte_range().end..arrow;
                self.keep(range, Kind::Guard(Some(guarded.guard.span().byte_range())), changes);
            }
        } else {
            let changes = self.take(Genre::Arm, arm.span());
            self.keep(arm.pat.span().byte_range().end..arrow, Kind::Guard(None), changes);
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr_struct(&mut self, literal: &'ast syn::ExprStruct) {
        let rest = literal.dot2_token.as_ref().map(|dots| dots.span().byte_range().start);
        let starts = literal.fields.iter().map(|field| field.span().byte_range().start);
        let ends = starts.clone().skip(1).chain(rest);
        let (mut changes, mut fields) = (Vec::new(), Vec::new());
        for ((field, start), end) in literal.fields.iter().zip(starts).zip(ends) {
            for change in self.take(Genre::Field, field.span()) {
                changes.push(change);
                fields.push(start..end);
            }
        }
        self.keep(literal.span().byte_range(), Kind::Fields(fields), changes);
        visit::visit_expr_struct(self, literal);
    }
}

/// Whether all ways out of the function must answer with one type that has no name.
fn is_opaque(output: &syn::ReturnType) -> bool {
    struct Opaque(bool);
    impl Visit<'_> for Opaque {
        fn visit_type_impl_trait(&mut self, _: &syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    let mut opaque = Opaque(false);
    opaque.visit_return_type(output);
    opaque.0
}

/// Whether the condition binds names, as in `if let`.
fn binds(condition: &syn::Expr) -> bool {
    match condition {
        syn::Expr::Let(_) => true,
        syn::Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        _ => false,
    }
}
