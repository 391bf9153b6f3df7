package io.holdfast.lock.internal.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlaceMembersTest {

  private static final Owner PROCESS =
      new Owner("till 7", "host", 12, Instant.parse("2026-01-02T03:04:05Z"), Map.of());

  private static PlaceMember placeMember(long number, String purpose) {
    return new PlaceMember(
        PROCESS.with(Map.of("party", "thread-" + number, "purpose", purpose)), number);
  }

  @Test
  void decode_whatWasEncoded_isTheSame() {
    PlaceMembers sharers =
        new PlaceMembers(
            Map.of(
                "one", List.of(placeMember(1, "a=b & 20 % off: ü"), placeMember(2, "x")),
                "two", List.of(placeMember(3, "y"))));

    assertThat(PlaceMembers.decode(sharers.encode())).isEqualTo(sharers);
    assertThat(PlaceMembers.decode(PlaceMembers.NONE.encode())).isEqualTo(PlaceMembers.NONE);
  }

  @Test
  void decode_linesThatItDoesNotUnderstand_arePassedOver() {
    String good = "one " + placeMember(1, "x").encode();

    assertThat(PlaceMembers.decode(Payload.utf8("two 1:nonsense\n" + good + "\nthree\nfour -1:x")))
        .isEqualTo(new PlaceMembers(Map.of("one", List.of(placeMember(1, "x")))));
  }

  /** Half a queue would put the wrong one in front. */
  @Test
  void encode_moreThanAStoreTakes_leavesOutWholePlaces() {
    List<PlaceMember> many = Collections.nCopies(9_000, placeMember(1, "x"));
    PlaceMembers sharers =
        new PlaceMembers(Map.of("many", many, "few", List.of(placeMember(2, "y"))));

    Payload stored = sharers.encode();

    assertThat(stored.size()).isLessThan(500_000);
    assertThat(PlaceMembers.decode(stored))
        .isEqualTo(new PlaceMembers(Map.of("few", List.of(placeMember(2, "y")))));
  }
}
