package io.holdfast.payment;

import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.trace.Tracer;
import io.holdfast.payment.webhook.LedgerWebhooks;
import io.holdfast.payment.webhook.RelayOptions;
import io.holdfast.payment.webhook.WebhookRelay;
import io.holdfast.payment.webhook.WebhookRounds;
import io.holdfast.payment.webhook.WebhookSecrets;
import io.holdfast.payment.webhook.WebhookSender;
import io.holdfast.payment.webhook.WebhookTargets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers the events of the shards that a node owns, from now until it is closed. */
final class Webhooks implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final Duration LOOKS = Duration.ofMillis(500);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int CALLERS = 4;
  private static final int CLIENTS = 2;
  private static final long DROP_MINUTES = 10;

  /** So often in a row at most. */
  private static final int DROPS = 100;

  private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS, named("webhook-"));
  private final ExecutorService clients =
      Executors.newFixedThreadPool(CLIENTS, named("webhook-http-"));
  private final ScheduledExecutorService dropper =
      Executors.newSingleThreadScheduledExecutor(named("webhook-drop-"));
  private final LedgerWebhooks source;
  private final WebhookRounds rounds;

  Webhooks(Ledger ledger, WebhookTargets targets, Tracer tracer) {
    InstantSource clock = InstantSource.system();
    source = new LedgerWebhooks(ledger, new WebhookSecrets(ledger.identity()), clock);
    rounds =
        new WebhookRounds(
            new WebhookRelay(
                source,
                new WebhookSender(
                    targets,
                    TIMEOUT,
                    clock,
                    clients,
                    message -> tracer.webhook(message.type(), message.id())),
                RelayOptions.DEFAULTS,
                clock,
                callers),
            LOOKS);
    dropper.scheduleWithFixedDelay(this::drop, DROP_MINUTES, DROP_MINUTES, TimeUnit.MINUTES);
  }

  private static ThreadFactory named(String prefix) {
    AtomicInteger numbers = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, prefix + numbers.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  private void drop() {
    try {
      int dropped = 1;
      for (int i = 0; i < DROPS && dropped > 0; i++) {
        dropped = source.drop();
      }
    } catch (RuntimeException e) {
      LOG.info("events that nobody asked for are dropped later: {}", e.toString());
    }
  }

  /** What is being sent may arrive, and then is sent again by the next owner. */
  @Override
  public void close() {
    rounds.close();
    dropper.shutdownNow();
    callers.shutdownNow();
    clients.shutdownNow();
  }
}
