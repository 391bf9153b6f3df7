package io.holdfast.payment.webhook;

import io.holdfast.payment.ledger.AccountId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Events in memory. Each account's webhook is at the path of the account's name. */
final class MemorySource implements WebhookSource {

  static final Instant AT = Instant.parse("2026-01-31T12:00:00Z");

  private final Receiver receiver;

  /** Guarded by this. */
  private final Map<AccountId, Deque<WebhookMessage>> events = new LinkedHashMap<>();

  /** So many acknowledgements get lost. Guarded by this. */
  private int forgetful;

  MemorySource(Receiver receiver) {
    this.receiver = receiver;
  }

  synchronized void add(String account, int count) {
    AccountId id = new AccountId(account);
    Deque<WebhookMessage> queue = events.computeIfAbsent(id, none -> new ArrayDeque<>());
    for (int i = 1; i <= count; i++) {
      queue.add(new WebhookMessage(account + i, id, "payment.captured", "{\"n\":" + i + "}", AT));
    }
  }

  synchronized void forget(int acknowledgements) {
    forgetful = acknowledgements;
  }

  @Override
  public synchronized List<AccountId> waiting() {
    return events.entrySet().stream()
        .filter(each -> !each.getValue().isEmpty())
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public synchronized Optional<WebhookMessage> next(AccountId account) {
    return Optional.ofNullable(events.get(account)).map(Deque::peek);
  }

  @Override
  public synchronized void delivered(WebhookMessage message) {
    if (forgetful > 0) {
      forgetful--;
      throw new IllegalStateException("the database is away");
    }
    Deque<WebhookMessage> queue = events.get(message.account());
    if (queue == null || !message.equals(queue.peek())) {
      throw new AssertionError("not the first: " + message);
    }
    queue.remove();
    notifyAll();
  }

  /** Waits, with the test's own bound, until nothing of this account is left. */
  synchronized void awaitEmpty(String account) throws InterruptedException {
    while (waiting().contains(new AccountId(account))) {
      wait();
    }
  }

  @Override
  public Optional<WebhookEndpoint> endpoint(AccountId account) {
    return Optional.of(
        new WebhookEndpoint(receiver.at("/" + account), List.of("secret of " + account)));
  }
}
