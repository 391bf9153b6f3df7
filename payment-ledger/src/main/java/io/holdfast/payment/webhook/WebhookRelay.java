package io.holdfast.payment.webhook;

import io.holdfast.payment.ledger.AccountId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers events to the owners of accounts: in order for each account, and for several accounts at
 * a time.
 *
 * <p><b>At least once.</b> An event is sent until the server has acknowledged it. If the node dies
 * in between, or its shard goes to another node, or an acknowledgement is lost, it is sent again
 * with the same id.
 *
 * <p><b>In order.</b> The next event of an account is sent when the one before is acknowledged. So
 * a server that fails holds up its own account, and no other. It is tried after growing pauses,
 * without an end, for an event of money that is thrown away is never made good; see {@link
 * RelayOptions} for when an operator hears of it.
 *
 * <p>An account is in one of three states: idle, busy (a turn of it is under way, which sends up to
 * {@value #TURN} events one after the other), or pausing after a failure until a time. {@link
 * #round} begins a turn for each waiting account that is idle or has paused long enough.
 *
 * <p>Thread-safe. {@link WebhookRounds} calls it regularly.
 */
public final class WebhookRelay {

  private static final Logger LOG = LoggerFactory.getLogger(WebhookRelay.class);
  private static final int TURN = 50;

  private final WebhookSource source;
  private final WebhookSender sender;
  private final RelayOptions options;
  private final InstantSource clock;
  private final LongSupplier ticker;
  private final DoubleSupplier chance;
  private final Executor executor;

  /** Accounts that are not idle, or have failed. Guarded by itself, as are its values. */
  private final Map<AccountId, Lane> lanes = new HashMap<>();

  private static final class Lane {
    private boolean busy;
    private long notBefore;
    private Optional<WebhookTrouble> trouble = Optional.empty();
  }

  /**
   * Does nothing by itself.
   *
   * @param executor where the source's methods are called, which may block
   */
  public WebhookRelay(
      WebhookSource source,
      WebhookSender sender,
      RelayOptions options,
      InstantSource clock,
      Executor executor) {
    this(source, sender, options, clock, System::nanoTime, Math::random, executor);
  }

  WebhookRelay(
      WebhookSource source,
      WebhookSender sender,
      RelayOptions options,
      InstantSource clock,
      LongSupplier ticker,
      DoubleSupplier chance,
      Executor executor) {
    this.source = source;
    this.sender = sender;
    this.options = options;
    this.clock = clock;
    this.ticker = ticker;
    this.chance = chance;
    this.executor = executor;
  }

  /**
   * Begins what is to be done now. Blocks while the source says who is waiting.
   *
   * @return completes when all that this call has begun has ended; never fails. The next round need
   *     not wait for it
   */
  public CompletableFuture<Void> round() {
    List<AccountId> waiting = source.waiting();
    List<CompletableFuture<Void>> turns = new ArrayList<>();
    for (AccountId each : begin(waiting)) {
      turns.add(turn(each, TURN));
    }
    return CompletableFuture.allOf(turns.toArray(CompletableFuture[]::new));
  }

  private List<AccountId> begin(List<AccountId> waiting) {
    List<AccountId> begun = new ArrayList<>();
    synchronized (lanes) {
      Set<AccountId> known = new HashSet<>(waiting);
      lanes.entrySet().removeIf(each -> !each.getValue().busy && !known.contains(each.getKey()));
      long busy = lanes.values().stream().filter(each -> each.busy).count();
      long now = ticker.getAsLong();
      for (AccountId account : waiting) {
        Lane lane = lanes.get(account);
        boolean ready =
            lane == null || (!lane.busy && (lane.trouble.isEmpty() || now - lane.notBefore >= 0));
        if (ready && busy < options.atOnce()) {
          lanes.computeIfAbsent(account, none -> new Lane()).busy = true;
          begun.add(account);
          busy++;
        }
      }
    }
    return begun;
  }

  /** Sends up to so many events. Completes when the lane is no longer busy; never fails. */
  private CompletableFuture<Void> turn(AccountId account, int left) {
    CompletableFuture<Optional<WebhookMessage>> looked =
        onExecutor(() -> left > 0 ? source.next(account) : Optional.<WebhookMessage>empty());
    return looked
        .thenCompose(
            next ->
                next.map(message -> deliver(message, left))
                    .orElseGet(() -> CompletableFuture.completedFuture(end(account))))
        .exceptionally(
            failure -> {
              failed(account, clock.instant(), "the ledger cannot be read");
              LOG.debug("webhooks of account {} wait for the ledger", account, failure);
              return null;
            });
  }

  private CompletableFuture<Void> deliver(WebhookMessage message, int left) {
    AccountId account = message.account();
    return onExecutor(
            () -> {
              Optional<WebhookEndpoint> endpoint = source.endpoint(account);
              return endpoint.map(to -> sender.send(message, to));
            })
        .thenCompose(
            sent ->
                sent.map(attempt -> attempt.thenCompose(failure -> after(message, failure, left)))
                    .orElseGet(() -> CompletableFuture.completedFuture(end(account))));
  }

  private CompletableFuture<Void> after(
      WebhookMessage message, Optional<String> failure, int left) {
    if (failure.isPresent()) {
      failed(message.account(), message.at(), failure.get());
      return CompletableFuture.completedFuture(null);
    }
    return onExecutor(
            () -> {
              source.delivered(message);
              return Optional.empty();
            })
        .thenCompose(
            done -> {
              succeeded(message.account());
              return turn(message.account(), left - 1);
            });
  }

  private <T> CompletableFuture<T> onExecutor(Supplier<T> call) {
    try {
      return CompletableFuture.supplyAsync(call, executor);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private @Nullable Void end(AccountId account) {
    synchronized (lanes) {
      Objects.requireNonNull(lanes.get(account)).busy = false;
    }
    return null;
  }

  private void succeeded(AccountId account) {
    boolean again;
    synchronized (lanes) {
      Lane lane = Objects.requireNonNull(lanes.get(account));
      again = lane.trouble.map(WebhookTrouble::disabled).orElse(false);
      lane.trouble = Optional.empty();
    }
    if (again) {
      LOG.info("webhooks of account {} are delivered again", account);
    }
  }

  private void failed(AccountId account, Instant since, String failure) {
    boolean disabled = since.plus(options.disabledAfter()).isBefore(clock.instant());
    boolean known;
    synchronized (lanes) {
      Lane lane = Objects.requireNonNull(lanes.get(account));
      known = lane.trouble.map(WebhookTrouble::disabled).orElse(false);
      int failures = lane.trouble.map(WebhookTrouble::failures).orElse(0) + 1;
      Duration pause =
          disabled ? options.longestPause() : options.pause(failures, chance.getAsDouble());
      lane.notBefore = ticker.getAsLong() + pause.toNanos();
      lane.trouble = Optional.of(new WebhookTrouble(account, failures, failure, since, disabled));
      lane.busy = false;
    }
    if (disabled && !known) {
      LOG.warn("webhooks of account {} fail since {}: {}", account, since, failure);
    }
  }

  /**
   * Tries an account at the next round, however long it would pause: after its server was mended.
   */
  public void retry(AccountId account) {
    synchronized (lanes) {
      Lane lane = lanes.get(account);
      if (lane != null) {
        lane.notBefore = ticker.getAsLong();
      }
    }
  }

  /** Accounts whose last try failed. */
  public List<WebhookTrouble> troubles() {
    synchronized (lanes) {
      return lanes.values().stream().flatMap(each -> each.trouble.stream()).toList();
    }
  }
}
