package io.holdfast.transaction.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls on threads of ours and of callers are counted together. */
@Timeout(60)
final class BlockingCallsTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final BlockingCalls calls = new BlockingCalls("test", 1, 10);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  @AfterEach
  void close() {
    released.countDown();
    calls.close();
  }

  /** Takes the only place until it is released. */
  private CompletableFuture<String> occupy() throws InterruptedException {
    CompletableFuture<String> occupied =
        calls.call(
            () -> {
              begun.countDown();
              released.await();
              return "released";
            });
    begun.await();
    return occupied;
  }

  @Test
  void callHere_placeFree_isDoneByThisThreadAtReturn() {
    CompletableFuture<Thread> done = calls.callHere(Thread::currentThread, LONG);

    assertThat(done).isCompletedWithValue(Thread.currentThread());
  }

  @Test
  void callHere_noPlaceInTime_failsWithoutACall() throws InterruptedException {
    occupy();

    CompletableFuture<String> refused =
        calls.callHere(
            () -> {
              throw new AssertionError("called");
            },
            SHORT);

    assertThatThrownBy(refused::get)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("too many calls");
  }

  @Test
  void callHere_interruptedWhileItWaits_failsAndStaysInterrupted() throws InterruptedException {
    occupy();
    Thread.currentThread().interrupt();

    CompletableFuture<String> interrupted = calls.callHere(() -> "called", LONG);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(interrupted).isCompletedExceptionally();
  }

  @Test
  void call_whileACallerHasTheOnlyPlace_waitsForIt() throws Exception {
    CompletableFuture<String> other = new CompletableFuture<>();
    calls
        .callHere(
            () -> {
              calls.call(() -> other.complete("called"));
              assertThatThrownBy(() -> other.get(50, TimeUnit.MILLISECONDS))
                  .isInstanceOf(java.util.concurrent.TimeoutException.class);
              return "done";
            },
            LONG)
        .get();

    assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo("called");
  }

  @Test
  void callHere_callFails_givesThePlaceBack() {
    CompletableFuture<String> failed =
        calls.callHere(
            () -> {
              throw new IllegalStateException("failed");
            },
            LONG);

    assertThat(failed).isCompletedExceptionally();
    assertThat(calls.callHere(() -> "next", LONG)).isCompletedWithValue("next");
  }

  @Test
  void callHere_closed_failsWithoutACall() {
    calls.close();

    assertThat(calls.callHere(() -> "called", LONG)).isCompletedExceptionally();
  }
}
