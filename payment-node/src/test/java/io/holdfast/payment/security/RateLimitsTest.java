package io.holdfast.payment.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.security.RateLimits.Rate;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RateLimitsTest {

  private static final Caller ALICE = Caller.of("alice", Role.CUSTOMER);

  /** Just before the clock goes over. */
  private long now = Long.MAX_VALUE - 1_000;

  private final RateLimits limits =
      new RateLimits(Map.of(Role.CUSTOMER, new Rate(10, 3)), 3, () -> now);

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private int takeAll(Caller caller) {
    int taken = 0;
    while (taken < 100_000 && limits.take(caller).isEmpty()) {
      taken++;
    }
    return taken;
  }

  @Test
  void take_fullBucket_letsTheBurstThroughAndSaysHowLongToWait() {
    assertThat(takeAll(ALICE)).isEqualTo(3);
    assertThat(limits.take(ALICE)).contains(Duration.ofMillis(100));
    pass(Duration.ofMillis(99));
    assertThat(limits.take(ALICE)).contains(Duration.ofMillis(1));
    pass(Duration.ofMillis(1));
    assertThat(limits.take(ALICE)).isEmpty();
    assertThat(limits.take(ALICE)).isPresent();
  }

  @Test
  void take_longPause_fillsTheBucketAndNoMore() {
    takeAll(ALICE);
    pass(Duration.ofDays(100));

    assertThat(takeAll(ALICE)).isEqualTo(3);
  }

  @Test
  void take_refused_costsNothing() {
    takeAll(ALICE);
    for (int i = 0; i < 1_000; i++) {
      limits.take(ALICE);
    }
    pass(Duration.ofMillis(100));

    assertThat(limits.take(ALICE)).isEmpty();
  }

  @Test
  void take_anotherCaller_hasABucketOfItsOwn() {
    takeAll(ALICE);

    assertThat(takeAll(Caller.of("bob", Role.CUSTOMER))).isEqualTo(3);
  }

  @Test
  void take_severalRoles_hasTheHighestRate() {
    Caller both = new Caller("both", Set.of(Role.CUSTOMER, Role.AUDITOR));

    assertThat(takeAll(both)).isEqualTo(2_000);
  }

  @Test
  void take_moreCallersThanBuckets_shareOneUntilOthersAreFullAgain() {
    for (String name : Set.of("a", "b", "c")) {
      takeAll(Caller.of(name, Role.CUSTOMER));
    }
    assertThat(takeAll(Caller.of("d", Role.CUSTOMER))).isEqualTo(3);
    assertThat(takeAll(Caller.of("e", Role.CUSTOMER))).as("shared with d").isZero();
    assertThat(limits.buckets()).isEqualTo(4);

    pass(Duration.ofSeconds(2));
    takeAll(Caller.of("f", Role.CUSTOMER));

    assertThat(limits.buckets()).isEqualTo(1);
  }

  @Test
  void tooMany_waitOfAnyLength_isRoundedUpToSeconds() {
    assertThat(Denial.tooMany(Duration.ofMillis(1)).headers()).containsEntry("Retry-After", "1");
    assertThat(Denial.tooMany(Duration.ofMillis(1_001)).headers())
        .containsEntry("Retry-After", "2");
    assertThat(Denial.tooMany(Duration.ofSeconds(2)).headers()).containsEntry("Retry-After", "2");
  }

  @Test
  void parse_rates_areReadOrRefused() {
    assertThat(Rate.parse("100")).isEqualTo(new Rate(100, 200));
    assertThat(Rate.parse("100:5")).isEqualTo(new Rate(100, 5));
    for (String wrong : Set.of("", "0", "-1", "1:0", "1:", "10000000", "ten")) {
      assertThatThrownBy(() -> Rate.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
