package io.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Payload;
import io.holdfast.coordination.Revision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SnapshotTest {

  private static final Key DIRECTORY = Key.of("d");

  private static Entry entry(String name, long created, long modified) {
    return new Entry(
        DIRECTORY.child(name),
        Payload.utf8(name + modified),
        new Revision(created),
        new Revision(modified),
        Optional.empty());
  }

  @Test
  void entries_givenInAnyOrder_areOldestFirst() {
    Entry oldest = entry("z", 1, 9);
    Entry middle = entry("a", 2, 2);
    Entry sameAge = entry("b", 2, 3);

    Snapshot snapshot = new Snapshot(DIRECTORY, new Revision(9), List.of(sameAge, middle, oldest));

    assertThat(snapshot.entries()).containsExactly(oldest, middle, sameAge);
  }

  /** Against a snapshot that is made of all entries. */
  @Test
  void next_randomChanges_isTheSnapshotOfAllThatIsThere() {
    Random random = new Random(3);
    Map<String, Entry> there = new HashMap<>();
    Snapshot snapshot = new Snapshot(DIRECTORY, Revision.NONE, List.of());
    for (long now = 1; now < 500; now++) {
      List<Entry> gone = new ArrayList<>();
      List<Entry> put = new ArrayList<>();
      for (int name : random.ints(1 + random.nextInt(4), 0, 30).distinct().toArray()) {
        Entry before = there.remove("k" + name);
        if (before != null) {
          gone.add(before);
        }
        if (random.nextInt(3) > 0) {
          long created = before != null && random.nextBoolean() ? before.created().value() : now;
          Entry after = entry("k" + name, created, now);
          there.put("k" + name, after);
          put.add(after);
        }
      }
      Collections.shuffle(put, random);

      snapshot = snapshot.next(new Revision(now), gone, put);

      assertThat(snapshot)
          .isEqualTo(new Snapshot(DIRECTORY, new Revision(now), new ArrayList<>(there.values())));
    }
  }
}
