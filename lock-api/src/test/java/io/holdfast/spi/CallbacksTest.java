package io.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CallbacksTest {

  private static final long PATIENCE_SECONDS = 30;

  static Stream<Executor> executors() {
    return Stream.of(Callbacks.executor(), Callbacks.threads());
  }

  @ParameterizedTest
  @MethodSource("executors")
  void execute_oneCallbackBlocks_anotherRuns(Executor executor) throws Exception {
    CompletableFuture<Void> hurdle = new CompletableFuture<>();
    CompletableFuture<Void> blocked = CompletableFuture.runAsync(hurdle::join, executor);

    CompletableFuture<Boolean> other =
        CompletableFuture.supplyAsync(() -> Thread.currentThread().isDaemon(), executor);

    assertThat(other.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("keeps no process alive").isTrue();
    assertThat(blocked).isNotDone();
    hurdle.complete(null);
    blocked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
