package io.holdfast.payment.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which seconds were bad, and for whom. */
class TimelinessTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Timeliness timeliness = new Timeliness();

  /** Two seconds from its beginning, so that every second below lies in it whole. */
  private final long start = System.nanoTime() + 2 * SECOND;

  private void request(int shard, int second, long tookNanos) {
    long due = start + second * SECOND + SECOND / 2;
    timeliness.due(Set.of(shard), due);
    if (tookNanos >= 0) {
      timeliness.answered(Set.of(shard), due, due + tookNanos);
    }
  }

  private double worst(Integer... shards) {
    return timeliness.worst(List.of(shards), start - SECOND, start + 5 * SECOND).orElse(-1);
  }

  @Test
  void worst_oneShardHasNoOwner_saysSoOfThatShardAlone() {
    for (int second = 0; second < 3; second++) {
      request(0, second, SECOND / 10);
      request(1, second, second == 1 ? -1 : SECOND / 10);
    }

    assertThat(worst(0)).isEqualTo(1);
    assertThat(worst(1)).isEqualTo(0);
    assertThat(worst(0, 1)).isEqualTo(0.5);
  }

  @Test
  void worst_requestOfTwoShards_countsOnlyWhereBothAreLookedAt() {
    long due = start + SECOND / 2;
    timeliness.due(Set.of(0, 1), due);
    request(0, 0, SECOND / 10);

    assertThat(worst(0)).isEqualTo(1);
    assertThat(worst(0, 1)).isEqualTo(0.5);
    assertThat(worst(1)).isEqualTo(-1);
  }

  @Test
  void worst_answeredTooLate_isNotInTime() {
    request(0, 0, SECOND);
    request(0, 1, SECOND + 1);

    assertThat(worst(0)).isEqualTo(0);
  }

  @Test
  void worst_nothingDue_isUnknown() {
    request(0, 0, 1);

    assertThat(timeliness.worst(List.of(1), start - SECOND, start + 5 * SECOND)).isEmpty();
    assertThat(timeliness.worst(List.of(0), start + 2 * SECOND, start + 5 * SECOND)).isEmpty();
  }
}
