package io.holdfast.payment.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The plan covers everything, evenly, and moves little. */
class AssignmentTest {

  private static List<String> members(int count) {
    return IntStream.range(0, count).mapToObj(i -> "node-" + i).toList();
  }

  @ParameterizedTest
  @CsvSource({"1,12", "3,12", "5,12", "7,64", "12,12", "20,12", "100,1024"})
  void of_anyMembers_givesEachShardOnceAndEachMemberItsShare(int count, int shards) {
    Assignment plan = Assignment.of(members(count), shards);

    SortedSet<Integer> all = new TreeSet<>();
    int total = 0;
    for (String member : members(count)) {
      int size = plan.shardsOf(member).size();
      assertThat(size).isBetween(shards / count, (shards + count - 1) / count);
      total += size;
      all.addAll(plan.shardsOf(member));
    }
    assertThat(total).isEqualTo(shards);
    assertThat(all).hasSize(shards);
  }

  @Test
  void of_sameMembersInAnotherOrder_isTheSame() {
    List<String> shuffled = new ArrayList<>(members(5));
    Collections.reverse(shuffled);

    for (String member : shuffled) {
      assertThat(Assignment.of(shuffled, 12).shardsOf(member))
          .isEqualTo(Assignment.of(members(5), 12).shardsOf(member));
    }
  }

  @Test
  void of_oneMemberGone_movesLittleBeyondItsOwnShards() {
    int shards = 120;
    for (int gone = 0; gone < 6; gone++) {
      List<String> before = members(6);
      List<String> after = new ArrayList<>(before);
      after.remove(gone);
      int moved = 0;
      for (String survivor : after) {
        SortedSet<Integer> gained = Assignment.of(after, shards).shardsOf(survivor);
        gained.removeAll(Assignment.of(before, shards).shardsOf(survivor));
        moved += gained.size();
      }
      assertThat(moved).isBetween(20, 40);
    }
  }

  @Test
  void shardsOf_noMember_isNothing() {
    assertThat(Assignment.of(members(2), 12).shardsOf("stranger")).isEmpty();
    assertThat(Assignment.of(List.of(), 12).shardsOf("node-0")).isEmpty();
  }
}
