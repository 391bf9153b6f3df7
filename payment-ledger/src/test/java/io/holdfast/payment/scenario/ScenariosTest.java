package io.holdfast.payment.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.LedgerIdentity;
import io.holdfast.payment.ledger.Money;
import io.holdfast.payment.ledger.Scenario;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.scenario.approval.Approvals;
import io.holdfast.payment.scenario.lending.LendingScenario;
import io.holdfast.payment.scenario.purchase.PurchaseScenario;
import io.holdfast.payment.scenario.topup.TopUpScenario;
import io.holdfast.payment.scenario.topup.acquirer.Acquirer;
import io.holdfast.payment.scenario.topup.acquirer.Charge;
import io.holdfast.payment.scenario.wallet.WalletScenario;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

final class ScenariosTest {

  /** No two have a type, a route, a kind of documents or a collection in common. */
  @Test
  void catalogue_ofAllScenarios_fitsTogether() {
    List<Scenario> all =
        List.of(
            new WalletScenario(),
            new PurchaseScenario(
                new ShardMap(ShardMap.DEFAULT_SHARDS),
                new LedgerIdentity(new byte[32]),
                (merchant, after, until, terms) -> new CompletableFuture<>()),
            new TopUpScenario(new NoAcquirer()),
            new LendingScenario());

    Catalogue catalogue = new Catalogue(Approvals.over(all));

    assertThat(catalogue.scenarios()).hasSize(5);
    assertThat(catalogue.operation("propose-write-off-loan")).isPresent();
    assertThat(catalogue.operations()).noneMatch(each -> each.needsTwoOperators());
  }

  private static final class NoAcquirer implements Acquirer {
    @Override
    public CompletionStage<Charge> charge(DocumentId reference, Money amount, String card) {
      return new CompletableFuture<>();
    }

    @Override
    public CompletionStage<Optional<Charge>> status(DocumentId reference) {
      return new CompletableFuture<>();
    }
  }
}
