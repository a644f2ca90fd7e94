//! The command's own piece that guards cells against spreadsheets, where [`table`](crate::table) looks for it.

#[path = "../../cli/src/output/formula.rs"]
pub(crate) mod formula;
