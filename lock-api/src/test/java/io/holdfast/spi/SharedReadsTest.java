package io.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import io.holdfast.coordination.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class SharedReadsTest {

  private static final Place PLACE =
      new Place(Claim.exclusive(Key.of("q")), Key.of("q", "a"), new Revision(1));

  private final List<String> told = new ArrayList<>();

  private void ask(SharedReads<String> looks) {
    looks
        .ask(PLACE)
        .whenComplete((answer, failure) -> told.add(failure == null ? answer : "failed"));
  }

  @Test
  void ask_whileALookIsUnderWay_sharesTheNext() {
    List<CompletableFuture<String>> made = new ArrayList<>();
    SharedReads<String> looks =
        new SharedReads<>(
            places -> {
              made.add(new CompletableFuture<>());
              return made.get(made.size() - 1);
            });
    ask(looks);
    ask(looks);
    ask(looks);
    assertThat(made).hasSize(1);

    made.get(0).complete("first");
    assertThat(told).containsExactly("first");
    made.get(1).complete("second");

    assertThat(made).hasSize(2);
    assertThat(told).containsExactly("first", "second", "second");
  }

  @Test
  void ask_afterALookThatThrew_looksAgain() {
    SharedReads<String> looks =
        new SharedReads<>(
            places -> {
              if (told.isEmpty()) {
                throw new IllegalStateException("as a closed client does");
              }
              return CompletableFuture.completedFuture("well");
            });
    ask(looks);
    ask(looks);

    assertThat(told).containsExactly("failed", "well");
  }
}
