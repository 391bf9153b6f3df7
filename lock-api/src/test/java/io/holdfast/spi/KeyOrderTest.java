package io.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.coordination.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class KeyOrderTest {

  private static final Key KEY = Key.of("d", "k");
  private static final Key OTHER = Key.of("d", "other");

  private final KeyOrder order = new KeyOrder();
  private final List<String> started = new ArrayList<>();

  private CompletableFuture<Void> run(String name, List<Key> reads, List<Key> writes) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    order.run(reads, writes, done, () -> started.add(name));
    return done;
  }

  @Test
  void run_writersOfOneKey_goOneAfterTheOther() {
    CompletableFuture<Void> first = run("first", List.of(), List.of(KEY));
    run("second", List.of(), List.of(KEY));
    assertThat(started).containsExactly("first");

    first.completeExceptionally(new IllegalStateException("over, in any way"));

    assertThat(started).containsExactly("first", "second");
  }

  @Test
  void run_readersOfOneKey_goTogetherAndHoldUpTheNextWriter() {
    CompletableFuture<Void> first = run("first", List.of(KEY), List.of());
    CompletableFuture<Void> second = run("second", List.of(KEY), List.of());
    run("writer", List.of(), List.of(KEY));
    run("after", List.of(KEY), List.of());
    assertThat(started).containsExactly("first", "second");

    second.complete(null);
    assertThat(started).containsExactly("first", "second");
    first.complete(null);

    assertThat(started).containsExactly("first", "second", "writer");
  }

  @Test
  void run_guardOfOneIsWriteOfOther_goOneAfterTheOther() {
    CompletableFuture<Void> first = run("first", List.of(KEY), List.of(OTHER));
    run("second", List.of(OTHER), List.of(KEY));
    assertThat(started).containsExactly("first");

    first.complete(null);

    assertThat(started).containsExactly("first", "second");
  }

  @Test
  void afterWrites_pendingBelow_waitsForThoseOnly() {
    CompletableFuture<Void> below = run("below", List.of(), List.of(KEY));
    run("elsewhere", List.of(), List.of(Key.of("dd", "k")));

    order.afterWrites(Key.of("d"), () -> started.add("look"));
    order.afterWrites(Key.of("x"), () -> started.add("look elsewhere"));
    assertThat(started).containsExactly("below", "elsewhere", "look elsewhere");
    below.complete(null);

    assertThat(started).endsWith("look");
  }
}
