package io.holdfast.payment.scenario.wallet;

import io.holdfast.payment.ledger.AuditRule;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.DueWork;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Scenario;
import java.util.List;

/** Wallets: accounts, transfers between them, and requests for money. */
public final class WalletScenario implements Scenario {

  private final ExpireRequest expiry = new ExpireRequest();

  @Override
  public String name() {
    return "wallets";
  }

  @Override
  public List<Operation<?>> operations() {
    return List.of(
        new OpenAccount(),
        new Fund(),
        new ChangeLimits(),
        new ChangeCreditLimit(),
        new FreezeAccount(),
        new UnfreezeAccount(),
        new CloseAccount(),
        new Transfer(),
        new RequestMoney(),
        new PayRequest(),
        new DeclineRequest(),
        new CancelRequest(),
        expiry);
  }

  @Override
  public List<DocumentKind<?>> documents() {
    return List.of(MoneyRequest.KIND);
  }

  @Override
  public List<DueWork<?>> work() {
    return List.of(expiry);
  }

  @Override
  public List<AuditRule> audit() {
    return WalletAudit.RULES;
  }
}
