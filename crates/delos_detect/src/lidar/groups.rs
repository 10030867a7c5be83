//! Items listed by the group they belong to.

/// `members[starts[g]..starts[g + 1]]` are the items of group `g`, ascending.
#[derive(Default)]
pub(super) struct Groups {
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Groups {
    /// Lists items `0..count` by group (counting sort); items without one are left out.
    pub(super) fn fill(
        &mut self,
        groups: u32,
        count: usize,
        group_of: impl Fn(usize) -> Option<u32>,
    ) {
        self.starts.clear();
        self.starts.resize(groups as usize + 2, 0);
        for g in (0..count).filter_map(&group_of) {
            self.starts[g as usize + 2] += 1;
        }
        for g in 2..self.starts.len() {
            self.starts[g] += self.starts[g - 1];
        }
        self.members.clear();
        self.members.resize(self.starts.last().map_or(0, |n| *n as usize), 0);
        for item in 0..count {
            if let Some(g) = group_of(item) {
                let next = &mut self.starts[g as usize + 1];
                self.members[*next as usize] = item as u32;
                *next += 1;
            }
        }
    }

    /// The items of one group.
    pub(super) fn of(&self, group: u32) -> &[u32] {
        let g = group as usize;
        &self.members[self.starts[g] as usize..self.starts[g + 1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_listed_by_group_in_their_order() {
        let group_of = [Some(1), None, Some(0), Some(1), Some(3)];
        let mut groups = Groups::default();
        groups.fill(4, group_of.len(), |i| group_of[i]);
        let lists: Vec<&[u32]> = (0..4).map(|g| groups.of(g)).collect();
        assert_eq!(lists, [&[2][..], &[0, 3], &[], &[4]]);
    }
}
