package io.holdfast.payment.webhook;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has a relay look again and again, on a thread of its own, until it is closed. */
public final class WebhookRounds implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(WebhookRounds.class);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "holdfast-webhook-rounds");
            made.setDaemon(true);
            return made;
          });

  private final WebhookRelay relay;

  /** In that thread only. */
  private boolean failing;

  /** Begins. */
  public WebhookRounds(WebhookRelay relay, Duration interval) {
    this.relay = relay;
    thread.scheduleWithFixedDelay(this::round, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void round() {
    try {
      relay.round();
      failing = false;
    } catch (RuntimeException e) {
      if (!failing) {
        LOG.warn("webhooks wait: who is waiting cannot be read", e);
      }
      failing = true;
    }
  }

  /** No more rounds. What is under way ends by itself. Does not wait. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
