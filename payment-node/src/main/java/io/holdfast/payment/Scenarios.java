package io.holdfast.payment;

import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.Ledger;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Scenario;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.scenario.approval.Approvals;
import io.holdfast.payment.scenario.lending.LendingScenario;
import io.holdfast.payment.scenario.purchase.PurchaseScenario;
import io.holdfast.payment.scenario.purchase.TakingsQuery;
import io.holdfast.payment.scenario.purchase.TakingsSource;
import io.holdfast.payment.scenario.topup.TopUpScenario;
import io.holdfast.payment.scenario.topup.acquirer.Acquirer;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import io.holdfast.payment.scenario.wallet.WalletScenario;
import io.holdfast.payment.webhook.WebhookTargets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What a node can be asked: all the scenarios of the house. */
final class Scenarios {

  private Scenarios() {}

  /**
   * Over a ledger.
   *
   * @param webhooks where events may be sent
   * @param topUps from cards; empty if there is no acquirer to charge them
   */
  static Catalogue of(Ledger ledger, WebhookTargets webhooks, Optional<TopUpScenario> topUps) {
    return of(
        ledger.map(),
        ledger.identity(),
        (merchant, after, until, terms) -> {
          int shard = ledger.map().shardOf(merchant);
          return ledger.query(
              shard,
              connection -> TakingsQuery.read(connection, shard, merchant, after, until, terms));
        },
        webhooks,
        topUps);
  }

  private static Catalogue of(
      ShardMap map,
      LedgerIdentity identity,
      TakingsSource takings,
      WebhookTargets webhooks,
      Optional<TopUpScenario> topUps) {
    List<Scenario> scenarios = new ArrayList<>();
    scenarios.add(new WalletScenario());
    scenarios.add(new PurchaseScenario(map, identity, webhooks, takings));
    topUps.ifPresent(scenarios::add);
    scenarios.add(new LendingScenario());
    return new Catalogue(Approvals.over(scenarios));
  }

  /** Of all of them, for whoever has the databases and no ledger. */
  static List<AuditRule> auditRules() {
    return of(
            new ShardMap(ShardMap.DEFAULT_SHARDS),
            new LedgerIdentity(new byte[] {0}),
            (merchant, after, until, terms) -> CompletableFuture.failedFuture(notAsked()),
            WebhookTargets.PUBLIC,
            Optional.of(new TopUpScenario(new NoAcquirer())))
        .audit();
  }

  private static IllegalStateException notAsked() {
    return new IllegalStateException("rules are looked at, nothing is done");
  }

  private static final class NoAcquirer implements Acquirer {
    @Override
    public CompletionStage<Charge> charge(DocumentId reference, Money amount, String card) {
      return CompletableFuture.failedFuture(notAsked());
    }

    @Override
    public CompletionStage<Optional<Charge>> status(DocumentId reference) {
      return CompletableFuture.failedFuture(notAsked());
    }
  }
}
