package io.holdfast.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.admin.UnreadableEntry;
import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.Key;
import io.holdfast.coordination.UnavailableException;
import org.junit.jupiter.api.Test;

final class SkippedEntriesTest {

  private final SkippedEntries skipped = new SkippedEntries();

  /** What is none of ours was not asked for. */
  @Test
  void exitCode_somethingThatIsNoneOfOurs_isSuccess() {
    skipped.add(new UnreadableEntry(Key.of("locks", "%zz"), "not a name"));

    assertThat(skipped.read("lock a", () -> "queue")).contains("queue");
    assertThat(skipped.exitCode()).isZero();
  }

  @Test
  void exitCode_oneOfManyRefused_isNotSuccessAndTheOthersAreShown() {
    assertThat(skipped.read("lock a", SkippedEntriesTest::refused)).isEmpty();
    assertThat(skipped.read("lock b", () -> "queue")).contains("queue");
    assertThat(skipped.exitCode()).isEqualTo(3);
  }

  @Test
  void read_noAnswer_endsTheListing() {
    assertThatThrownBy(
            () ->
                skipped.read(
                    "lock a",
                    () -> {
                      throw new UnavailableException("no answer");
                    }))
        .isInstanceOf(UnavailableException.class);
  }

  private static String refused() {
    throw new AccessRefusedException("not yours");
  }
}
