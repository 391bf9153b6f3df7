package io.holdfast.zookeeper.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import io.holdfast.spi.Claim;
import io.holdfast.spi.Place;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueNodeTest {

  private static final UUID GUID = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");

  @ParameterizedTest
  @ValueSource(
      strings = {"lock", "read", "write", "upgradable", "upgrade", "permits3", "lock2", "u"})
  void parse_ofWhatPrefixMade_givesTheModeBack(String mode) {
    QueueNode node = QueueNode.parse(QueueNode.prefix(GUID, mode) + "0000000042").orElseThrow();

    assertThat(node.mode()).isEqualTo(mode);
    assertThat(node.sequence()).isEqualTo("0000000042");
  }

  @ParameterizedTest
  @CsvSource({
    "_c_01234567-89ab-cdef-0123-456789abcdef-lock-0000000007, lock, 0000000007",
    "_c_01234567-89ab-cdef-0123-456789abcdef-__READ__0000000007, read, 0000000007",
    "_c_01234567-89ab-cdef-0123-456789abcdef-__WRIT__0000000007, write, 0000000007",
    "lock-0000000007, lock, 0000000007",
    "_c_01234567-89ab-cdef-0123-456789abcdef-lock--2147483648, lock, -2147483648",
    "n_0000000007, lock, 0000000007"
  })
  void parse_namesOfOthers_areMembers(String name, String mode, String sequence) {
    QueueNode node = QueueNode.parse(name).orElseThrow();

    assertThat(node.mode()).isEqualTo(mode);
    assertThat(node.sequence()).isEqualTo(sequence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"leases", "lock-", "_c_01234567-89ab-cdef-0123-456789abcdef-lock-12"})
  void parse_withoutSequence_isNoMember(String name) {
    assertThat(QueueNode.parse(name)).isEmpty();
  }

  private static List<Place.Member> ahead(Key queue, String own, List<String> names) {
    Place place = new Place(Claim.exclusive(queue), queue.child(own), Revision.NONE);
    return QueueNode.listing(queue, names).find(place).orElseThrow().ahead();
  }

  @Test
  void ahead_mixedQueue_isOrderedBySequenceNotByName() {
    Key queue = Key.of("locks", "q");
    String own = QueueNode.prefix(GUID, "lock") + "0000000003";
    List<String> names =
        List.of(
            "_c_ffffffff-89ab-cdef-0123-456789abcdef-lock-0000000001",
            own,
            "leases",
            "_c_00000000-89ab-cdef-0123-456789abcdef-lock-0000000004",
            "_c_00000000-89ab-cdef-0123-456789abcdef-__READ__0000000002");

    assertThat(ahead(queue, own, names))
        .extracting(Place.Member::mode)
        .containsExactly("lock", "read");
  }

  @Test
  void ahead_curatorReadsWhileItWrites_showsTheWriteFirst() {
    Key queue = Key.of("locks", "q");
    String own = QueueNode.prefix(GUID, "lock") + "0000000003";
    String read = "_c_00000000-89ab-cdef-0123-456789abcdef-__READ__0000000002";
    String write = "_c_ffffffff-89ab-cdef-0123-456789abcdef-__WRIT__0000000002";

    assertThat(ahead(queue, own, List.of(read, own, write)))
        .extracting(Place.Member::mode)
        .containsExactly("write", "read");
  }
}
