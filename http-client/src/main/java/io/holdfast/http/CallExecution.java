package io.holdfast.http;

import io.holdfast.loadbalancer.LoadBalancer;
import io.holdfast.loadbalancer.Pick;
import io.holdfast.loadbalancer.retry.Attempts;
import io.holdfast.loadbalancer.retry.FailureKind;
import io.holdfast.loadbalancer.retry.RetryBudget;
import io.holdfast.registry.ServiceInstance;
import io.holdfast.spi.Durations;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way, from the first pick to the answer.
 *
 * <p>Replies, timers and the caller's cancellation come in any thread. State is guarded by this;
 * nothing foreign is called with the lock held but the load balancer, which does not block.
 */
final class CallExecution<T> {

  private final HttpCall call;
  private final BodyHandler<T> handler;
  private final CallRules rules;
  private final HttpClient http;
  private final LoadBalancer balancer;
  private final Attempts attempts;
  private final Duration time;
  private final long end;
  private final CompletableFuture<Answer<T>> outcome = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Guarded by this, as are all below. */
  private final Set<CallAttempt<T>> open = new LinkedHashSet<>();

  /** How many instances were asked. */
  private int tries;

  /** True while a retry waits for its turn. */
  private boolean waiting;

  /** How many tries that are over may have taken effect. */
  private int unsure;

  /** What to give if nothing better comes; whoever drops it closes its body. */
  private @Nullable HttpResponse<T> lastResponse;

  /** Whether {@link #unsure} counts the try that {@link #lastResponse} came from. */
  private boolean lastIsUnsure;

  private @Nullable Throwable lastFailure;

  CallExecution(
      HttpCall call,
      BodyHandler<T> handler,
      CallRules rules,
      HttpClient http,
      LoadBalancer balancer,
      RetryBudget budget) {
    this.call = call;
    this.handler = handler;
    this.rules = rules;
    this.http = http;
    this.balancer = balancer;
    this.attempts =
        new Attempts(balancer, rules.retries(), budget, call.idempotency(), call.affinity());
    this.time = call.deadline().orElse(rules.deadline());
    this.end = System.nanoTime() + Durations.nanos(time);
  }

  CompletableFuture<Answer<T>> start() {
    outcome.whenComplete((answer, failure) -> stop());
    after(left(), this::deadlinePassed);
    begin(attempts.first());
    attempts.hedgeAfter().ifPresent(this::hedgeAfter);
    return outcome;
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  /** Runs {@code task} then, unless the call is over by then. */
  private void after(Duration delay, Runnable task) {
    CompletableFuture<Void> timer = new CompletableFuture<>();
    timer.completeOnTimeout(null, Durations.nanos(delay), TimeUnit.NANOSECONDS).thenRun(task);
    ended.thenRun(() -> timer.cancel(false));
  }

  private void hedgeAfter(Duration delay) {
    after(
        delay,
        () -> {
          attempts.hedge().ifPresent(this::ask);
          hedgeAfter(delay);
        });
  }

  // One try.

  private void begin(Optional<Pick> pick) {
    if (pick.isPresent()) {
      ask(pick.get());
    } else {
      inVain(FailureKind.NOT_SENT);
    }
  }

  private void ask(Pick pick) {
    synchronized (this) {
      tries++;
    }
    CompletableFuture<HttpResponse<T>> exchange;
    try {
      exchange = http.sendAsync(call.request(origin(pick.instance())), handler);
    } catch (ConnectException | IllegalArgumentException e) {
      pick.failure();
      failed(FailureKind.NOT_SENT, null, e);
      return;
    }
    CallAttempt<T> made = new CallAttempt<>(pick, exchange, System::nanoTime);
    if (!opened(made)) {
      made.drop();
      return;
    }
    CompletableFuture<Void> patience = new CompletableFuture<>();
    patience
        .completeOnTimeout(null, Durations.nanos(rules.attempt()), TimeUnit.NANOSECONDS)
        .thenRun(() -> overdue(made));
    exchange.whenComplete(
        (response, failure) -> {
          patience.cancel(false);
          if (closed(made)) {
            answered(made, response, failure);
          } else {
            Bodies.close(response);
          }
        });
  }

  private String origin(ServiceInstance instance) throws ConnectException {
    String address =
        instance
            .address(rules.port())
            .orElseThrow(
                () ->
                    new ConnectException(
                        "instance " + instance.id() + " has no port named " + rules.port()));
    return rules.scheme() + "://" + address;
  }

  /** The exchange cannot tell its cancellation from other ends, so it is taken out first. */
  private void overdue(CallAttempt<T> made) {
    if (closed(made)) {
      made.exchange().cancel(true);
      answered(made, null, new HttpTimeoutException("no answer within " + rules.attempt()));
    }
  }

  private synchronized boolean opened(CallAttempt<T> made) {
    return !outcome.isDone() && open.add(made);
  }

  /** True for the first who says so: what becomes of the try is his to tell. */
  private synchronized boolean closed(CallAttempt<T> made) {
    return open.remove(made);
  }

  private void answered(
      CallAttempt<T> made, @Nullable HttpResponse<T> response, @Nullable Throwable failure) {
    if (response == null) {
      made.pick().failure();
      Throwable cause = unwrapped(failure);
      failed(isNotSent(cause) ? FailureKind.NOT_SENT : FailureKind.UNKNOWN, null, cause);
      return;
    }
    ResponseVerdict verdict;
    try {
      verdict = rules.judge().of(response);
    } catch (RuntimeException e) {
      made.pick().close();
      Bodies.close(response);
      failed(FailureKind.UNKNOWN, null, e);
      return;
    }
    switch (verdict) {
      case ANSWERED -> {
        made.pick().success();
        complete(made, response);
      }
      case LATER -> {
        made.pick().close();
        failed(FailureKind.UNKNOWN, response, null);
      }
      case FAILED -> {
        made.pick().failure();
        failed(FailureKind.UNKNOWN, response, null);
      }
      case REFUSED -> {
        made.pick().failure();
        failed(FailureKind.REFUSED, response, null);
      }
    }
  }

  private static boolean isNotSent(Throwable cause) {
    return cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
  }

  private static Throwable unwrapped(@Nullable Throwable failure) {
    if (failure == null) {
      return new CancellationException("no response");
    }
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  // After a try that was in vain.

  private void failed(
      FailureKind kind, @Nullable HttpResponse<T> response, @Nullable Throwable failure) {
    HttpResponse<T> earlier;
    synchronized (this) {
      unsure += kind == FailureKind.UNKNOWN ? 1 : 0;
      earlier = lastResponse;
      lastResponse = response;
      lastIsUnsure = kind == FailureKind.UNKNOWN;
      lastFailure = failure;
    }
    Bodies.close(earlier);
    if (outcome.isDone()) {
      dropLastResponse(); // Whoever ended the call has looked for one before it was there.
    } else {
      inVain(kind);
    }
  }

  /** Waits for the other tries, or else for the turn of another. */
  private void inVain(FailureKind kind) {
    Duration backoff = attempts.backoff();
    boolean inTime = backoff.compareTo(left()) < 0;
    synchronized (this) {
      if (waiting || !open.isEmpty()) {
        return;
      }
      waiting = inTime;
    }
    if (inTime) {
      after(backoff, () -> again(kind));
    } else {
      conclude();
    }
  }

  private void again(FailureKind kind) {
    synchronized (this) {
      waiting = false;
    }
    int before = attempts.made();
    Optional<Pick> pick = attempts.retry(kind);
    if (pick.isPresent() || attempts.made() > before) {
      begin(pick);
    } else {
      conclude();
    }
  }

  // The end.

  private void complete(CallAttempt<T> by, HttpResponse<T> response) {
    List<CallAttempt<T>> others;
    boolean perhapsRepeated;
    int made;
    synchronized (this) {
      others = List.copyOf(open);
      open.clear();
      perhapsRepeated = unsure > 0 || !others.isEmpty();
      made = tries;
    }
    others.forEach(other -> other.loseTo(by));
    finish(response, made, perhapsRepeated);
  }

  private void finish(HttpResponse<T> response, int made, boolean perhapsRepeated) {
    if (!outcome.complete(new Answer<>(response, made, perhapsRepeated))) {
      Bodies.close(response);
    }
  }

  /** Nothing more is tried. */
  private void conclude() {
    HttpResponse<T> response;
    Throwable failure;
    int made;
    int others;
    synchronized (this) {
      if (!open.isEmpty()) {
        return;
      }
      response = lastResponse;
      lastResponse = null;
      failure = lastFailure;
      made = tries;
      others = unsure - (lastIsUnsure ? 1 : 0);
    }
    if (response == null) {
      giveUp(failure);
    } else {
      finish(response, made, others > 0);
    }
  }

  /** A try that had most of the time has its instance to blame, not the caller's haste. */
  private void deadlinePassed() {
    List<CallAttempt<T>> hung;
    synchronized (this) {
      hung = open.stream().filter(one -> one.hadHalf(time)).toList();
      hung.forEach(open::remove);
      unsure += hung.size();
    }
    hung.forEach(CallAttempt::fail);
    giveUp(new HttpTimeoutException("no answer before the deadline"));
  }

  private void giveUp(@Nullable Throwable cause) {
    boolean perhapsDone;
    int made;
    synchronized (this) {
      perhapsDone = unsure > 0 || !open.isEmpty();
      made = tries;
    }
    String what = call + " after " + made + (made == 1 ? " try: " : " tries: ");
    String why = made == 0 ? balancer.whyNone() : String.valueOf(cause);
    outcome.completeExceptionally(
        perhapsDone
            ? new CallOutcomeUnknownException("no answer to " + what + why, made, cause)
            : new NotSentException("could not send " + what + why, made, cause));
  }

  /** However it ended: what is still under way is of no use to anybody. */
  private void stop() {
    ended.complete(null);
    List<CallAttempt<T>> left;
    synchronized (this) {
      left = List.copyOf(open);
      open.clear();
    }
    left.forEach(CallAttempt::drop);
    dropLastResponse();
  }

  private void dropLastResponse() {
    HttpResponse<T> unread;
    synchronized (this) {
      unread = lastResponse;
      lastResponse = null;
    }
    Bodies.close(unread);
  }
}
