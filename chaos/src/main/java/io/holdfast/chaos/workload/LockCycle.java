package io.holdfast.chaos.workload;

import io.holdfast.chaos.history.Recorder;
import io.holdfast.chaos.history.Recorder.Invocation;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.lock.FencingToken;
import io.holdfast.lock.LockGrant;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * One thread's way through its wishes: acquire, seal, look, think, write, release, noting each.
 *
 * <p>Between the look and the write nothing is looked at again, as in every program that does not
 * know better: whoever is frozen there writes with a hold that is no longer one, and only the fence
 * stands in the way.
 */
final class LockCycle {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LONGEST_SHORT_THOUGHT_MILLIS = 30;
  private static final int LONG_THOUGHT_MILLIS = 500;
  private static final int ONE_THOUGHT_IN_SO_MANY_IS_LONG = 20;

  private final Recorder recorder;
  private final RegisterClient register;
  private final Random random;

  LockCycle(Recorder recorder, RegisterClient register, Random random) {
    this.recorder = recorder;
    this.register = register;
    this.random = random;
  }

  <G extends LockGrant> void take(LockRequest<G> request) throws IOException, InterruptedException {
    String name = UUID.randomUUID().toString();
    long asked = System.nanoTime();
    Invocation acquire =
        recorder.invokeAt(
            asked, request.key(), "acquire", Map.of("hold", name, "claims", request.claims()));
    Optional<G> hold;
    try {
      hold = request.lock().tryAcquire(PATIENCE);
    } catch (CoordinationException e) {
      acquire.info(e.getClass().getSimpleName());
      think();
      return;
    }
    if (hold.isEmpty()) {
      acquire.fail("not within " + PATIENCE);
      return;
    }
    try (G held = hold.get()) {
      Map<String, FencingToken> tokens = request.tokens().apply(held);
      acquire.ok(Map.of("tokens", text(tokens)));
      long proven = use(request, name, held, tokens, asked);
      release(request, name, held, proven);
    }
  }

  private static String text(Map<String, FencingToken> tokens) {
    return tokens.entrySet().stream()
        .map(token -> token.getKey() + "=" + token.getValue())
        .collect(Collectors.joining(" "));
  }

  /** Returns when the hold was last proven. */
  private long use(
      LockRequest<?> request,
      String name,
      LockGrant hold,
      Map<String, FencingToken> tokens,
      long acquired)
      throws IOException {
    long proven = acquired;
    if (request.fenced().isEmpty()) {
      think();
      return look(request, name, hold).orElse(proven);
    }
    for (String guarded : request.fenced()) {
      String token = Objects.requireNonNull(tokens.get(guarded), guarded).toString();
      Optional<String> value = register.seal(guarded, token);
      proven = look(request, name, hold).orElse(proven);
      think();
      if (value.isPresent()) {
        String next = Long.toString(Long.parseLong(value.get()) + 1);
        register.write(guarded, token, value.get(), next);
      }
      proven = look(request, name, hold).orElse(proven);
    }
    return proven;
  }

  /** When the hold was proven, if it was. */
  private Optional<Long> look(LockRequest<?> request, String name, LockGrant hold) {
    long now = System.nanoTime();
    Invocation check = recorder.invokeAt(now, request.key(), "check", Map.of("hold", name));
    if (hold.isHeld()) {
      check.ok(Map.of());
      return Optional.of(now);
    }
    check.fail("not held");
    return Optional.empty();
  }

  /**
   * A hold that cannot be proven may have ended at any time since it was. Whether the cluster knows
   * of the release is waited for every other time: it must not matter to what comes next.
   */
  private void release(LockRequest<?> request, String name, LockGrant hold, long proven) {
    long now = System.nanoTime();
    long since = hold.isHeld() ? now : proven;
    Invocation release = recorder.invokeAt(since, request.key(), "release", Map.of("hold", name));
    CompletableFuture<Void> known = hold.release();
    if (random.nextBoolean()) {
      known.join();
    }
    release.ok(Map.of());
  }

  /** Mostly short; long now and then, so that faults find somebody in the middle of it. */
  private void think() {
    int millis = 1 + random.nextInt(LONGEST_SHORT_THOUGHT_MILLIS);
    if (random.nextInt(ONE_THOUGHT_IN_SO_MANY_IS_LONG) == 0) {
      millis += LONG_THOUGHT_MILLIS;
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
