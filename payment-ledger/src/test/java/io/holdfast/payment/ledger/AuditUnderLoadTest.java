package io.holdfast.payment.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.payment.ledger.audit.Audit;
import io.holdfast.payment.ledger.audit.Check;
import io.holdfast.payment.ledger.audit.ClientJournal;
import io.holdfast.payment.ledger.audit.ClientJournal.Asked;
import io.holdfast.payment.ledger.audit.ClientJournal.Leg;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import io.holdfast.payment.ledger.audit.Findings;
import io.holdfast.payment.ledger.audit.RequestKey;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import io.holdfast.payment.scenario.wallet.Transfer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Clients move money at random between all shards, asking again what failed, while what the nodes
 * say to each other is cut now and then, and shards change hands without their owners being told.
 * Then the audit finds nothing.
 */
class AuditUnderLoadTest {

  private static final int CLIENTS = 4;
  private static final int EACH = 60;
  private static final int TRIES = 5;
  private static final Caller OPERATOR = Caller.of("olga", Role.OPERATOR);

  private final ClientJournal clients = new ClientJournal();
  private final List<AccountId> accounts = new ArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void run_afterLoadWithFaults_findsNothing() throws Exception {
    try (TwoNodes nodes = new TwoNodes()) {
      for (int shard = 0; shard < TwoNodes.SHARDS; shard++) {
        AccountId account = nodes.account(shard, "wallet");
        nodes.run(OPERATOR, new OpenAccount(), OpenAccount.wallet(account, "anna", "EUR"), "open");
        Fund.Request fund = new Fund.Request(account, 200, "EUR", "a test");
        assertThat(nodes.run(OPERATOR, new Fund(), fund, "fund").refusal()).isEmpty();
        accounts.add(account);
      }
      clients.knowsAllOf("anna");
      ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
      try {
        List<Future<?>> all = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
          int number = client;
          all.add(threads.submit(() -> client(nodes, number)));
        }
        for (Future<?> each : all) {
          each.get(60, TimeUnit.SECONDS);
        }
      } finally {
        threads.shutdownNow();
      }
      nodes.cut = false;
      Audit audit = new Audit(nodes.databases(), List.of());
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(audit.underWay()).isZero());
      Findings findings = audit.run(clients);
      assertThat(findings.found()).isEmpty();
      assertThat(findings.isClean()).isTrue();
      assertThat(findings.looked(Check.TRANSACTION)).isPositive();
      assertThat(findings.looked(Check.ACKNOWLEDGED)).isPositive();
    }
  }

  /** The first one makes the faults, too: they come at the same places of its requests. */
  private void client(TwoNodes nodes, int number) {
    Random random = new Random(number);
    for (int i = 0; i < EACH; i++) {
      if (number == 0 && i % 10 == 0) {
        nodes.cut = i % 30 == 20;
        nodes.take(i / 10 % TwoNodes.SHARDS, nodes.nodes.get(random.nextInt(2)));
      }
      AccountId from = accounts.get(random.nextInt(accounts.size()));
      AccountId to = accounts.get(random.nextInt(accounts.size()));
      if (!from.equals(to)) {
        transfer(nodes, from, to, 1 + random.nextInt(60), "t-" + asked.incrementAndGet());
      }
    }
  }

  private void transfer(TwoNodes nodes, AccountId from, AccountId to, long amount, String name) {
    RequestKey key = new RequestKey("anna", from.value(), name);
    clients.asked(
        Asked.of(
            "transfer",
            key,
            new Leg(from.value(), "EUR", -amount),
            new Leg(to.value(), "EUR", amount)));
    for (int i = 0; i < TRIES; i++) {
      try {
        Reply reply =
            nodes.run(
                Caller.of("anna", Role.CUSTOMER),
                new Transfer(),
                new Transfer.Request(from, to, amount, "EUR"),
                name);
        clients.told(key, reply.refusal().isPresent() ? Verdict.REFUSED : Verdict.DONE);
        return;
      } catch (CompletionException e) {
        assertThat(e.getCause()).isInstanceOf(LedgerException.class);
      }
    }
  }
}
