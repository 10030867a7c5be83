//! Items listed by the group they belong to.

/// `members[starts[g]..starts[g + 1]]` are the items of group `g`, ascending.
#[derive(Default)]
pub(super) struct Groups {
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Groups {
    /// Lists items by group (counting sort); `group_of[item]` is below `groups`.
    pub(super) fn fill(&mut self, groups: u32, group_of: &[u32]) {
        self.starts.clear();
        self.starts.resize(groups as usize + 2, 0);
        for g in group_of {
            self.starts[*g as usize + 2] += 1;
        }
        for g in 2..self.starts.len() {
            self.starts[g] += self.starts[g - 1];
        }
        self.members.clear();
        self.members.resize(group_of.len(), 0);
        for (item, g) in (0..).zip(group_of) {
            let next = &mut self.starts[*g as usize + 1];
            self.members[*next as usize] = item;
            *next += 1;
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
        let mut groups = Groups::default();
        groups.fill(4, &[1, 0, 1, 3]);
        let lists: Vec<&[u32]> = (0..4).map(|g| groups.of(g)).collect();
        assert_eq!(lists, [&[1][..], &[0, 2], &[], &[3]]);
    }
}
