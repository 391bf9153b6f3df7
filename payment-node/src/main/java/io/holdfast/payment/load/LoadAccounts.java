package io.holdfast.payment.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountType;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.SystemAccount;
import io.holdfast.payment.ledger.audit.ClientJournal.Leg;
import io.holdfast.payment.ledger.audit.ClientJournal.Verdict;
import io.holdfast.payment.scenario.wallet.Fund;
import io.holdfast.payment.scenario.wallet.OpenAccount;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Opens accounts, with money in them if asked, as two operators do it. */
final class LoadAccounts {

  private static final OpenAccount OPEN = new OpenAccount();
  private static final Fund FUND = new Fund();

  private final PaymentClient client;
  private final String owner;
  private final String currency;
  private final ShardMap map;

  /** For accounts of this owner. */
  LoadAccounts(PaymentClient client, String owner, String currency, ShardMap map) {
    this.client = client;
    this.owner = owner;
    this.currency = currency;
    this.map = map;
  }

  /** False if one of the requests was not done. */
  boolean open(AccountId account, long amount) throws InterruptedException {
    Optional<String> opened =
        done(
            LoadRequest.of(
                first(), OPEN, OpenAccount.wallet(account, owner, currency), key(account, "open")));
    if (opened.isEmpty() || amount == 0) {
      return opened.isPresent();
    }
    Fund.Request request = new Fund.Request(account, amount, currency, "the load's own money");
    ObjectNode inPath = Json.read(Json.write(request), ObjectNode.class);
    inPath.remove("account");
    Optional<String> proposed =
        done(
            LoadRequest.of(first(), FUND, request, key(account, "fund"))
                .proposedAt("/accounts/" + account + "/funding", inPath.toString()));
    return proposed.isPresent() && approve(account, request, proposed.get());
  }

  /** Opens a merchant's account and agrees fees. False if one of the requests was not done. */
  boolean openMerchant(AccountId account, int basisPoints, long fixed) throws InterruptedException {
    OpenAccount.Request request =
        new OpenAccount.Request(
            account,
            owner,
            currency,
            Optional.of(AccountType.MERCHANT),
            OptionalLong.empty(),
            OptionalLong.empty());
    ObjectNode terms = JsonNodeFactory.instance.objectNode();
    terms.put("basisPoints", basisPoints).put("fixed", fixed);
    return done(LoadRequest.of(first(), OPEN, request, key(account, "open"))).isPresent()
        && done(new LoadRequest(
                first(),
                "/accounts/" + account + "/merchant-terms",
                "set-merchant-terms",
                account.value(),
                key(account, "terms"),
                terms.toString(),
                Optional.of(List.of())))
            .isPresent();
  }

  private boolean approve(AccountId account, Fund.Request request, String proposed)
      throws InterruptedException {
    JsonNode approval = Json.read(proposed, JsonNode.class).path("approval");
    String id = approval.asText();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("operation", FUND.type());
    body.set("request", Json.read(Json.write(request), JsonNode.class));
    return done(new LoadRequest(
            second(),
            "/approvals/" + id + "/approve",
            "approve",
            id,
            key(account, "approve"),
            body.toString(),
            Optional.of(
                List.of(
                    new Leg(account.value(), currency, request.amount()),
                    new Leg(equity(account), currency, -request.amount())))))
        .isPresent();
  }

  private String equity(AccountId account) {
    return new SystemAccount(SystemAccount.EQUITY, map.shardOf(account), currency).name();
  }

  private Optional<String> done(LoadRequest request) throws InterruptedException {
    PaymentClient.Told told = client.send(request, System.nanoTime());
    return told.verdict() == Verdict.DONE ? told.body() : Optional.empty();
  }

  private String first() {
    return LoadCallers.operatorFor(owner);
  }

  private String second() {
    return LoadCallers.secondOperatorFor(owner);
  }

  private static IdempotencyKey key(AccountId account, String what) {
    return new IdempotencyKey(account + "-" + what);
  }
}
