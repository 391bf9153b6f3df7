package io.holdfast.payment.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
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

  /** So many shards, spread over so many databases as they are at first. */
  private static Map<String, SortedSet<Integer>> shards(int count, int databases) {
    Map<String, SortedSet<Integer>> shards = new TreeMap<>();
    for (int shard = 0; shard < count; shard++) {
      shards.computeIfAbsent("db-" + shard % databases, none -> new TreeSet<>()).add(shard);
    }
    return shards;
  }

  /** In how many databases a member has shards. */
  private static long databasesOf(
      Assignment plan, String member, Map<String, SortedSet<Integer>> shards) {
    return shards.values().stream()
        .filter(there -> !Collections.disjoint(there, plan.shardsOf(member)))
        .count();
  }

  /** Of two shards drawn by chance, how often they are of one database and one owner. */
  private static double together(
      Assignment plan, List<String> members, Map<String, SortedSet<Integer>> shards) {
    double pairs = 0;
    int total = 0;
    for (SortedSet<Integer> there : shards.values()) {
      total += there.size();
      for (String member : members) {
        SortedSet<Integer> both = plan.shardsOf(member);
        both.retainAll(there);
        pairs += both.size() * both.size();
      }
    }
    return pairs / total / total;
  }

  @ParameterizedTest
  @CsvSource({
    "1,12,1",
    "3,12,1",
    "5,12,2",
    "7,64,3",
    "12,12,2",
    "20,12,3",
    "3,256,2",
    "4,256,4",
    "100,1024,8"
  })
  void of_anyMembers_givesEachShardOnceAndEachMemberItsShare(int count, int total, int databases) {
    Map<String, SortedSet<Integer>> shards = shards(total, databases);
    Assignment plan = Assignment.of(members(count), shards);

    List<Integer> all = new ArrayList<>();
    long parts = 0;
    for (String member : members(count)) {
      assertThat(plan.shardsOf(member)).hasSizeBetween(total / count, (total + count - 1) / count);
      all.addAll(plan.shardsOf(member));
      parts += databasesOf(plan, member, shards);
    }
    assertThat(all).hasSize(total).doesNotHaveDuplicates();
    int leftOver = total % count;
    assertThat(parts).isLessThan(count + databases + leftOver);
  }

  @Test
  void of_threeMembersAndTwoDatabases_twoOfThemKeepToOneDatabaseEach() {
    Map<String, SortedSet<Integer>> shards = shards(12, 2);
    Assignment plan = Assignment.of(members(3), shards);

    assertThat(members(3))
        .extracting(member -> databasesOf(plan, member, shards))
        .containsExactlyInAnyOrder(1L, 1L, 2L);
    assertThat(together(plan, members(3), shards)).isGreaterThan(0.27); // by chance 1/6
  }

  @Test
  void of_asManyMembersAsDatabases_eachMemberHasOne() {
    Map<String, SortedSet<Integer>> shards = shards(256, 4);
    Assignment plan = Assignment.of(members(4), shards);

    assertThat(members(4)).allMatch(member -> databasesOf(plan, member, shards) == 1);
    assertThat(together(plan, members(4), shards)).isEqualTo(0.25); // by chance 1/16
  }

  @Test
  void of_sameMembersInAnotherOrder_isTheSame() {
    List<String> shuffled = new ArrayList<>(members(5));
    Collections.reverse(shuffled);

    for (String member : shuffled) {
      assertThat(Assignment.of(shuffled, shards(12, 2)).shardsOf(member))
          .isEqualTo(Assignment.of(members(5), shards(12, 2)).shardsOf(member));
    }
  }

  /** Beside the 20 of the member that went, at most two shares move between those that stay. */
  @ParameterizedTest
  @CsvSource({"1,20,40", "2,20,60", "3,20,60"})
  void of_oneMemberGone_movesLittleBeyondItsOwnShards(int databases, int least, int most) {
    Map<String, SortedSet<Integer>> shards = shards(120, databases);
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
      assertThat(moved).isBetween(least, most);
    }
  }

  @Test
  void shardsOf_noMember_isNothing() {
    assertThat(Assignment.of(members(2), shards(12, 2)).shardsOf("stranger")).isEmpty();
    assertThat(Assignment.of(List.of(), shards(12, 2)).shardsOf("node-0")).isEmpty();
  }
}
