package io.holdfast.payment.scenario.wallet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Catalogue;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.MemoryLedger;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.payment.ledger.Role;
import io.holdfast.payment.scenario.approval.Approvals;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The wallets of Alice and Bob, in two shards of a ledger in memory. */
final class Wallets {

  static final Caller ALICE = Caller.of("alice", Role.CUSTOMER);
  static final Caller BOB = Caller.of("bob", Role.CUSTOMER);
  static final Caller MALLORY = Caller.of("mallory", Role.CUSTOMER);
  static final Caller OLGA = Caller.of("olga", Role.OPERATOR);

  final MemoryLedger ledger = new MemoryLedger();
  final AccountId alice = ledger.wallet("alice", 10_000, "EUR");
  final AccountId bob = ledger.wallet("bob", 500, "EUR");
  final WalletScenario scenario = new WalletScenario();
  private final Catalogue catalogue = new Catalogue(Approvals.over(List.of(scenario)));

  Wallets() {
    if (ledger.map().shardOf(alice) == ledger.map().shardOf(bob)) {
      throw new IllegalStateException("the two are meant to be in different shards");
    }
  }

  /** By what takes requests of this class: what one caller alone can have done. */
  @SuppressWarnings("unchecked")
  <R extends Record> Optional<Record> ask(Caller caller, R request) {
    for (Operation<?> each : catalogue.operations()) {
      if (each.request() == request.getClass()) {
        return ledger.run(caller, (Operation<R>) each, request);
      }
    }
    throw new IllegalArgumentException("nothing takes " + request);
  }

  /** As two operators would have it. */
  <R extends Record> Optional<Record> approved(Operation<R> operation, R request) {
    return ledger.run(OLGA, operation, request);
  }

  /** Bob asks Alice for this much. */
  DocumentId bobAsks(long amount) {
    return asked(BOB, alice, bob, amount, "EUR");
  }

  DocumentId asked(Caller by, AccountId payer, AccountId payee, long amount, String currency) {
    Record answer =
        ask(
                by,
                new RequestMoney.Request(
                    payer, payee, amount, currency, Optional.of("lunch"), OptionalInt.empty()))
            .orElseThrow();
    return ((Document<?>) answer).id();
  }

  MoneyRequest.State state(DocumentId request) {
    return ledger.document(MoneyRequest.KIND, request).body().state();
  }

  long balance(AccountId account) {
    return ledger.account(account).posted();
  }

  static void refused(String code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal().code()).isEqualTo(code));
  }
}
