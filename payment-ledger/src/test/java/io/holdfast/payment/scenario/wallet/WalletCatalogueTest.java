package io.holdfast.payment.scenario.wallet;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.scenario.approval.Approvals;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WalletCatalogueTest {

  private final Catalogue catalogue = new Catalogue(Approvals.over(List.of(new WalletScenario())));

  @Test
  void catalogue_wallets_hasWhatTwoOperatorsDoAsProposalsOnly() {
    assertThat(catalogue.operation("fund")).isEmpty();
    assertThat(catalogue.operation("change-credit-limit")).isEmpty();
    assertThat(catalogue.operation("propose-fund")).isPresent();
    assertThat(catalogue.post("/accounts/a/funding").orElseThrow().operation().type())
        .isEqualTo("propose-fund");
    assertThat(catalogue.post("/accounts/a/funding").orElseThrow().operation().route().status())
        .isEqualTo(202);
  }

  @Test
  void catalogue_wallets_hasRequestsAndApprovals() {
    assertThat(catalogue.post("/money-requests/x/pay")).isPresent();
    assertThat(catalogue.post("/approvals/x/approve")).isPresent();
    assertThat(catalogue.post("/approvals/x/expire")).isEmpty();
    assertThat(catalogue.collection("/money-requests")).contains(MoneyRequest.KIND);
    assertThat(catalogue.work("approval")).isPresent();
    assertThat(catalogue.work("request")).isPresent();
  }
}
