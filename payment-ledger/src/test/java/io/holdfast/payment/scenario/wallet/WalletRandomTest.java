package io.holdfast.payment.scenario.wallet;

import static io.holdfast.payment.scenario.wallet.Wallets.OLGA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.RefusedException;
import io.holdfast.payment.ledger.Role;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is asked in whatever order: the balances are those that a few lines count along. */
final class WalletRandomTest {

  private static final int STEPS = 1_000;
  private static final int OWNERS = 6;

  private final Wallets wallets = new Wallets();
  private final List<AccountId> accounts = new ArrayList<>();
  private final List<DocumentId> requests = new ArrayList<>();
  private final Set<DocumentId> paid = new HashSet<>();
  private final Map<AccountId, Long> counted = new HashMap<>();
  private final Map<String, Long> outToday = new HashMap<>();
  private int done;
  private int refused;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void anything_inAnyOrder_keepsTheMoneyAndTheLimits(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < OWNERS; i++) {
      accounts.add(wallets.ledger.wallet("owner-" + i, 1_000, "EUR"));
    }
    accounts.forEach(each -> counted.put(each, 1_000L));

    for (int step = 0; step < STEPS; step++) {
      try {
        something(random);
        done++;
      } catch (RefusedException e) {
        refused++;
      }
      check();
    }

    assertThat(done).isGreaterThan(STEPS / 10);
    assertThat(refused).isGreaterThan(STEPS / 10);
    assertThat(paid).hasSizeGreaterThan(5);
    assertThat(requests)
        .allSatisfy(
            each ->
                assertThat(wallets.state(each) == MoneyRequest.State.PAID)
                    .isEqualTo(paid.contains(each)));
  }

  private void something(Random random) {
    AccountId account = accounts.get(random.nextInt(OWNERS));
    AccountId other = accounts.get(random.nextInt(OWNERS));
    long amount = 1L + random.nextInt(400);
    int what = random.nextInt(100);
    if (what < 30) {
      if (!account.equals(other)) {
        wallets.ask(anybody(random, account), new Transfer.Request(account, other, amount, "EUR"));
        moved(account, other, amount);
      }
    } else if (what < 45) {
      if (!account.equals(other)) {
        requests.add(wallets.asked(anybody(random, other), account, other, amount, "EUR"));
      }
    } else if (what < 75) {
      request(random);
    } else if (what < 80) {
      wallets.ask(OLGA, new FreezeAccount.Request(account, "x"));
    } else if (what < 87) {
      wallets.ask(OLGA, new UnfreezeAccount.Request(account, "x"));
    } else if (what < 91) {
      wallets.ask(
          OLGA,
          new ChangeLimits.Request(
              account,
              OptionalLong.of(100 + random.nextInt(400)),
              OptionalLong.of(200 + random.nextInt(2_000))));
    } else if (what < 94) {
      wallets.approved(
          new ChangeCreditLimit(),
          new ChangeCreditLimit.Request(account, random.nextInt(300), "x"));
    } else if (what < 96) {
      wallets.ask(anybody(random, account), new CloseAccount.Request(account));
      replace(account);
    } else if (what < 98) {
      wallets.approved(new Fund(), new Fund.Request(account, amount, "EUR", "x"));
      counted.merge(account, amount, Long::sum);
    } else {
      wallets.ledger.advanceTo(wallets.ledger.now().plus(Duration.ofHours(1 + random.nextInt(30))));
      wallets.ledger.due(wallets.scenario);
    }
  }

  private void request(Random random) {
    if (requests.isEmpty()) {
      return;
    }
    // The later ones, so that many are still open.
    DocumentId id = requests.get(Math.max(0, requests.size() - 1 - random.nextInt(20)));
    MoneyRequest asked = wallets.ledger.document(MoneyRequest.KIND, id).body();
    switch (random.nextInt(5)) {
      case 0 ->
          wallets.ask(
              anybody(random, asked.payer()), new DeclineRequest.Request(id, asked.payer()));
      case 1 -> wallets.ask(anybody(random, asked.payee()), new CancelRequest.Request(id));
      default -> {
        wallets.ask(anybody(random, asked.payer()), new PayRequest.Request(id, asked.payer()));
        assertThat(paid.add(id)).as("paid once: %s", id).isTrue();
        moved(asked.payer(), asked.payee(), asked.amount().minorUnits());
      }
    }
  }

  /** Mostly the owner. */
  private Caller anybody(Random random, AccountId account) {
    String owner = wallets.ledger.account(account).owner();
    return Caller.of(random.nextInt(10) == 0 ? "somebody" : owner, Role.CUSTOMER);
  }

  private void moved(AccountId from, AccountId to, long amount) {
    counted.merge(from, -amount, Long::sum);
    counted.merge(to, amount, Long::sum);
    Account payer = wallets.ledger.account(from);
    assertThat(payer.status()).isEqualTo(AccountStatus.OPEN);
    assertThat(amount).isLessThanOrEqualTo(payer.limits().perPayment());
    String day = from + "@" + LocalDate.ofInstant(wallets.ledger.now(), ZoneOffset.UTC);
    assertThat(outToday.merge(day, amount, Long::sum)).isLessThanOrEqualTo(payer.limits().perDay());
  }

  /** A closed one stays as it is; another one takes its part. */
  private void replace(AccountId closed) {
    AccountId next = new AccountId(closed.value() + "-" + counted.size());
    wallets.ask(OLGA, OpenAccount.wallet(next, "owner", "EUR"));
    wallets.approved(new Fund(), new Fund.Request(next, 1_000, "EUR", "x"));
    counted.put(next, 1_000L);
    accounts.set(accounts.indexOf(closed), next);
  }

  private void check() {
    long clients = wallets.balance(wallets.alice) + wallets.balance(wallets.bob);
    for (Map.Entry<AccountId, Long> each : counted.entrySet()) {
      Account account = wallets.ledger.account(each.getKey());
      boolean right =
          account.posted() == each.getValue()
              && account.posted() >= -account.creditLimit()
              && (account.status() != AccountStatus.CLOSED || account.posted() == 0);
      if (!right) {
        fail("counted %s, but it is %s", each.getValue(), account);
      }
      clients += account.posted();
    }
    assertThat(clients + wallets.ledger.system("equity", "EUR")).isZero();
  }
}
