package io.holdfast.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Owner;
import io.holdfast.coordination.Payload;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharersTest {

  private static final Owner PROCESS =
      new Owner("till 7", "host", 12, Instant.parse("2026-01-02T03:04:05Z"), Map.of());

  private static Sharer sharer(long number, String purpose) {
    return new Sharer(
        PROCESS.with(Map.of("party", "thread-" + number, "purpose", purpose)), number);
  }

  @Test
  void decode_whatWasEncoded_isTheSame() {
    Sharers sharers =
        new Sharers(
            Map.of(
                "one", List.of(sharer(1, "a=b & 20 % off: ü"), sharer(2, "x")),
                "two", List.of(sharer(3, "y"))));

    assertThat(Sharers.decode(sharers.encode())).isEqualTo(sharers);
    assertThat(Sharers.decode(Sharers.NONE.encode())).isEqualTo(Sharers.NONE);
  }

  @Test
  void decode_linesThatItDoesNotUnderstand_arePassedOver() {
    String good = "one " + sharer(1, "x").encode();

    assertThat(Sharers.decode(Payload.utf8("two 1:nonsense\n" + good + "\nthree\nfour -1:x")))
        .isEqualTo(new Sharers(Map.of("one", List.of(sharer(1, "x")))));
  }

  /** Half a queue would put the wrong one in front. */
  @Test
  void encode_moreThanAStoreTakes_leavesOutWholePlaces() {
    List<Sharer> many = Collections.nCopies(9_000, sharer(1, "x"));
    Sharers sharers = new Sharers(Map.of("many", many, "few", List.of(sharer(2, "y"))));

    Payload stored = sharers.encode();

    assertThat(stored.size()).isLessThan(500_000);
    assertThat(Sharers.decode(stored))
        .isEqualTo(new Sharers(Map.of("few", List.of(sharer(2, "y")))));
  }
}
