package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.AccountStatus;
import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.NewAccount;
import io.holdfast.payment.ledger.Posting;
import io.holdfast.payment.ledger.Refusal;
import io.holdfast.payment.ledger.RequiredOwner;
import io.holdfast.payment.ledger.SystemAccount;
import io.holdfast.payment.ledger.internal.Effects.EventRow;
import io.holdfast.payment.ledger.internal.JournalRow.EntryRow;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a task does to the accounts of its shard, checked before anything of it reaches the books.
 * If a check fails, by {@link io.holdfast.payment.ledger.RefusedException}, the books are as
 * before.
 */
final class Draft {

  /** Whether the accounts have promised it already. */
  enum Mode {
    /** No: it may be refused. */
    ASKING,
    /** Yes, in a transaction that is decided: it cannot be refused any more. */
    SETTLING
  }

  private final ShardBooks books;
  private final Mode mode;
  private final Map<String, AccountRow> accounts = new HashMap<>();
  private final Set<String> takenFrom = new HashSet<>();
  private final List<EntryRow> entries = new ArrayList<>();

  Draft(ShardBooks books, Mode mode) {
    this.books = books;
    this.mode = mode;
  }

  static LocalDate day(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }

  AccountRow account(String id) {
    AccountRow changed = accounts.get(id);
    return changed != null
        ? changed
        : books
            .account(id)
            .orElseThrow(
                () ->
                    Refusal.notFound("unknown-account", "No account is named " + id + ".")
                        .exception());
  }

  void put(AccountRow row) {
    accounts.put(row.id(), row);
  }

  /** Everything of a plan that concerns accounts of this shard. */
  void add(Effects effects, LocalDate day) {
    effects.openings().forEach(this::open);
    for (String id : effects.releases()) {
      Hold hold =
          books
              .hold(id)
              .map(stored -> mode == Mode.SETTLING ? stored.value() : stored.free())
              .orElseThrow(() -> new IllegalStateException("a plan releases no hold: " + id));
      put(account(hold.account().value()).hold(-hold.amount()));
    }
    for (Hold hold : effects.holds()) {
      AccountRow account = account(hold.account().value());
      requireGiving(account);
      takenFrom.add(account.id());
      put(account.hold(hold.amount()));
    }
    post(effects.in(books.shard()));
    requireOwners(effects.ownersIn(books.shard()));
    requireKnown(effects.eventsIn(books.shard()));
    effects.limits().forEach((id, limits) -> put(account(id).limits(limits)));
    effects.creditLimits().forEach(this::creditLimit);
    if (mode == Mode.ASKING) {
      effects.spent().forEach((id, amount) -> put(account(id).spend(amount, day)));
    }
    effects.statuses().forEach(this::status);
    check();
  }

  /** What a plan that another shard executes has to do with this one. */
  void add(Effects.Share share) {
    requireOwners(share.owners());
    requireKnown(share.events());
    post(share.postings());
    check();
  }

  private void open(NewAccount opened) {
    if (books.account(opened.id().value()).isPresent()) {
      throw Refusal.conflict("account-exists", "An account of this name is open already.")
          .exception();
    }
    put(AccountRow.of(opened));
  }

  private void creditLimit(String id, long limit) {
    put(account(id).creditLimit(limit));
    takenFrom.add(id);
  }

  private void requireOwners(List<RequiredOwner> owners) {
    for (RequiredOwner each : owners) {
      String id = each.account().value();
      if (!account(id).owner().equals(each.owner())) {
        throw Refusal.notFound("unknown-account", "No account of theirs is named " + id + ".")
            .exception();
      }
    }
  }

  /** Whoever is told something has an account, in whatever state. */
  private void requireKnown(List<EventRow> events) {
    events.forEach(each -> account(each.account()));
  }

  private void status(String id, AccountStatus status) {
    AccountRow account = account(id);
    if (account.status() == AccountStatus.CLOSED && status != AccountStatus.CLOSED) {
      throw Refusal.conflict("account-closed", "The account is closed, and stays so.").exception();
    }
    put(account.status(status));
  }

  /** Postings of this shard, and what its clearing account has to do with them. */
  void post(List<Posting> postings) {
    Map<String, Long> sums = new TreeMap<>();
    for (Posting each : postings) {
      sums.merge(each.currency(), each.amount(), Math::addExact);
      if (each.isSystem()) {
        entries.add(
            new EntryRow(entries.size(), each.account(), each.currency(), each.amount(), null));
      } else {
        client(each);
      }
    }
    sums.forEach(
        (currency, sum) -> {
          if (sum != 0) {
            String clearing =
                new SystemAccount(SystemAccount.CLEARING, books.shard(), currency).name();
            entries.add(new EntryRow(entries.size(), clearing, currency, -sum, null));
          }
        });
  }

  private void client(Posting each) {
    AccountRow account = account(each.account());
    if (!account.currency().equals(each.currency())) {
      throw Refusal.invalid(
              "currency-mismatch", "An account is not kept in the currency of the amount.")
          .exception();
    }
    if (each.amount() < 0) {
      requireGiving(account);
      takenFrom.add(account.id());
    } else {
      requireNotClosed(account);
    }
    AccountRow after = account.post(each.amount());
    put(after);
    entries.add(
        new EntryRow(
            entries.size(), each.account(), each.currency(), each.amount(), after.posted()));
  }

  private void requireGiving(AccountRow account) {
    requireNotClosed(account);
    if (mode == Mode.ASKING && account.status() == AccountStatus.FROZEN) {
      throw Refusal.conflict("account-frozen", "Nothing can be taken out of a frozen account.")
          .exception();
    }
  }

  private void requireNotClosed(AccountRow account) {
    if (mode == Mode.ASKING && account.status() == AccountStatus.CLOSED) {
      throw Refusal.conflict("account-closed", "The account is closed.").exception();
    }
  }

  private void check() {
    for (String id : takenFrom) {
      if (account(id).isOverdrawn()) {
        throw Refusal.conflict("insufficient-funds", "The account has less than that available.")
            .exception();
      }
    }
    for (AccountRow each : accounts.values()) {
      boolean empty = each.posted() == 0 && each.held() == 0 && each.incoming() == 0;
      if (each.status() == AccountStatus.CLOSED && !empty) {
        throw Refusal.conflict(
                "account-not-empty", "An account can be closed when nothing is in it or under way.")
            .exception();
      }
    }
  }

  /**
   * Promises the outcome of these postings, and of a plan's holds, whatever the decision will be.
   */
  Promise promise(Effects effects, List<Posting> postings, LocalDate day) {
    Map<String, Long> flow = new TreeMap<>();
    for (Posting each : postings) {
      if (!each.isSystem()) {
        flow.merge(each.account(), each.amount(), Math::addExact);
      }
    }
    for (Hold each : effects.holds()) {
      flow.merge(each.account().value(), -each.amount(), Math::addExact);
    }
    for (String id : effects.releases()) {
      Hold hold = books.hold(id).orElseThrow().free();
      flow.merge(hold.account().value(), hold.amount(), Math::addExact);
    }
    Map<String, Long> held = new TreeMap<>();
    Map<String, Long> incoming = new TreeMap<>();
    flow.forEach(
        (id, amount) -> {
          if (amount < 0) {
            held.put(id, -amount);
          } else if (amount > 0) {
            incoming.put(id, amount);
          }
        });
    Draft promised = new Draft(books, mode);
    held.forEach((id, amount) -> promised.put(promised.account(id).hold(amount)));
    incoming.forEach((id, amount) -> promised.put(promised.account(id).expect(amount)));
    effects.spent().forEach((id, amount) -> promised.put(promised.account(id).spend(amount, day)));
    return new Promise(promised, held, incoming);
  }

  /**
   * What a shard promises.
   *
   * @param draft to be committed with the branch
   */
  record Promise(Draft draft, Map<String, Long> held, Map<String, Long> incoming) {}

  /** Takes back what was promised; then it is done, or not. */
  void endPromise(BranchBody body) {
    body.held().forEach((id, amount) -> put(account(id).hold(-amount)));
    body.incoming().forEach((id, amount) -> put(account(id).expect(-amount)));
  }

  void unspend(BranchBody body) {
    body.effects()
        .ifPresent(
            effects ->
                effects
                    .spent()
                    .forEach((id, amount) -> put(account(id).unspend(amount, body.spentOn()))));
  }

  /** Into the books. */
  void commit() {
    accounts.values().forEach(books::put);
  }

  List<EntryRow> entries() {
    return entries;
  }
}
