package io.holdfast.payment.ledger;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done, all of it or nothing. The ledger checks it and does it:
 *
 * <ul>
 *   <li>its postings sum to zero in each currency; those in each shard are balanced there by that
 *       shard's clearing account;
 *   <li>a client account that is taken from is open and has that much available; one that is put
 *       into is not closed; both are kept in the posting's currency;
 *   <li>if all of it is in shards that one process owns in one database, it is one local commit;
 *       else a transaction over the shards concerned, whose decision the coordination cluster
 *       keeps. Accounts, documents and holds may be changed in the shard that executes only;
 *       postings, events, claims and the check of an owner go anywhere.
 * </ul>
 *
 * <p>Not thread-safe.
 */
public final class Plan {

  private final List<Posting> postings = new ArrayList<>();
  private final Map<AccountId, Long> spent = new LinkedHashMap<>();
  private final List<Hold> holds = new ArrayList<>();
  private final Set<String> releases = new LinkedHashSet<>();
  private final List<NewAccount> openings = new ArrayList<>();
  private final Map<AccountId, AccountStatus> statuses = new LinkedHashMap<>();
  private final Map<AccountId, Limits> limits = new LinkedHashMap<>();
  private final Map<AccountId, Long> creditLimits = new LinkedHashMap<>();
  private final List<RequiredOwner> owners = new ArrayList<>();
  private final List<Document<?>> documents = new ArrayList<>();
  private final List<Claim> claims = new ArrayList<>();
  private final Set<DocumentId> freed = new LinkedHashSet<>();
  private final List<Event> events = new ArrayList<>();
  private final Books books;
  private @Nullable Record result;

  /** Nothing yet. */
  public Plan(Books books) {
    this.books = books;
  }

  /** Takes from a client's account. */
  public Plan debit(AccountId account, Money amount) {
    return post(account.value(), books.map().shardOf(account), -amount.minorUnits(), amount.code());
  }

  /** Puts into a client's account. */
  public Plan credit(AccountId account, Money amount) {
    return post(account.value(), books.map().shardOf(account), amount.minorUnits(), amount.code());
  }

  /** Takes from an account of the ledger's own. */
  public Plan debit(SystemAccount account, Money amount) {
    return post(account.name(), account.shard(), -amount.minorUnits(), amount.code());
  }

  /** Puts into an account of the ledger's own. */
  public Plan credit(SystemAccount account, Money amount) {
    return post(account.name(), account.shard(), amount.minorUnits(), amount.code());
  }

  /** Nothing to move is nothing to post. */
  private Plan post(String account, int shard, long amount, String currency) {
    if (amount != 0) {
      postings.add(new Posting(account, shard, amount, currency));
    }
    return this;
  }

  /**
   * Counts what an owner pays against the account's limits, with the debits or holds for it.
   *
   * @throws RefusedException {@code limit-per-payment}; that of a day is looked at when it is done
   */
  public Plan spend(Account account, Money amount) {
    if (amount.minorUnits() > account.limits().perPayment()) {
      throw Refusal.conflict(
              "limit-per-payment", "The amount is more than the account's limit for one payment.")
          .exception();
    }
    spent.merge(account.id(), amount.minorUnits(), Math::addExact);
    return this;
  }

  /** Holds money of an account of this shard. */
  public Plan hold(Hold hold) {
    holds.add(hold);
    return this;
  }

  /** Ends a hold of this shard; what it held can be used by this very plan. */
  public Plan release(Hold hold) {
    releases.add(hold.id());
    return this;
  }

  /** Opens an account in this shard. */
  public Plan open(NewAccount account) {
    openings.add(account);
    return this;
  }

  /** Changes the status of an account of this shard. One that is closed must be empty. */
  public Plan status(AccountId account, AccountStatus status) {
    statuses.put(account, status);
    return this;
  }

  /** Changes the limits of an account of this shard. */
  public Plan limits(AccountId account, Limits changed) {
    limits.put(account, changed);
    return this;
  }

  /**
   * Changes how far an account of this shard may go below zero, in minor units. Refused with {@code
   * insufficient-funds} if it is further below already.
   */
  public Plan creditLimit(AccountId account, long changed) {
    if (changed < 0) {
      throw new IllegalArgumentException("a credit limit is not negative");
    }
    creditLimits.put(account, changed);
    return this;
  }

  /**
   * Has all of the plan refused with {@code unknown-account} unless this account belongs to this
   * caller. For an account that the plan cannot see, since it may live in any shard, which then
   * takes part as with a posting. An owner never changes, so this is true for ever.
   */
  public Plan requireOwner(AccountId account, String owner) {
    owners.add(new RequiredOwner(account, books.map().shardOf(account), owner));
    return this;
  }

  /** Puts a document into this shard, new or changed. */
  public Plan put(Document<?> document) {
    documents.removeIf(each -> each.id().equals(document.id()));
    documents.add(document);
    return this;
  }

  /** Takes something that only one can have, in whatever shard. */
  public Plan claim(Claim claim) {
    claims.add(claim);
    return this;
  }

  /**
   * Removes a document that was claimed, from whatever shard it is in. Only for whoever has claimed
   * it: nobody looks whose it is. If it is not there, nothing happens.
   */
  public Plan free(DocumentId claimed) {
    freed.add(claimed);
    return this;
  }

  /** Has the owner of an account told. */
  public Plan tell(Event event) {
    events.add(event);
    return this;
  }

  /** What is answered; a record, as JSON. */
  public Plan answer(Record answer) {
    result = answer;
    return this;
  }

  /** What goes in and out. */
  public List<Posting> postings() {
    return List.copyOf(postings);
  }

  /** What counts against limits. */
  public Map<AccountId, Long> spent() {
    return Map.copyOf(spent);
  }

  /** New holds. */
  public List<Hold> holds() {
    return List.copyOf(holds);
  }

  /** Ids of holds that end. */
  public Set<String> releases() {
    return Set.copyOf(releases);
  }

  /** New accounts. */
  public List<NewAccount> openings() {
    return List.copyOf(openings);
  }

  /** Changed statuses. */
  public Map<AccountId, AccountStatus> statuses() {
    return Map.copyOf(statuses);
  }

  /** Changed limits. */
  public Map<AccountId, Limits> changedLimits() {
    return Map.copyOf(limits);
  }

  /** Changed credit limits. */
  public Map<AccountId, Long> changedCreditLimits() {
    return Map.copyOf(creditLimits);
  }

  /** Who must own which accounts, in whatever shards. */
  public List<RequiredOwner> owners() {
    return List.copyOf(owners);
  }

  /** New and changed documents. */
  public List<Document<?>> documents() {
    return List.copyOf(documents);
  }

  /** What is taken, in whatever shards. */
  public List<Claim> claims() {
    return List.copyOf(claims);
  }

  /** What is free again, in whatever shards. */
  public Set<DocumentId> freed() {
    return Set.copyOf(freed);
  }

  /** What is to be told. */
  public List<Event> events() {
    return List.copyOf(events);
  }

  /** What is answered. */
  public Optional<Record> result() {
    return Optional.ofNullable(result);
  }
}
