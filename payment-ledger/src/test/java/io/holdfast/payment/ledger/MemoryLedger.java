package io.holdfast.payment.ledger;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Carries out plans in memory, for tests of scenarios: the checks of the ledger without database,
 * shards and keys. All shards are visible to {@link #account}; a plan sees its own.
 */
public final class MemoryLedger {

  private final ShardMap map = new ShardMap(16);
  private final Map<AccountId, Account> accounts = new HashMap<>();
  private final Map<String, Long> system = new HashMap<>();
  private final Map<DocumentId, Document<?>> documents = new HashMap<>();
  private final Map<String, Hold> holds = new HashMap<>();
  private final Map<AccountId, Long> spentToday = new HashMap<>();
  private final List<Event> events = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-31T12:00:00Z");
  private int requests;

  /** A wallet with this much in it. */
  public AccountId wallet(String id, long amount, String currency) {
    return open(id, AccountType.WALLET, id, amount, currency);
  }

  /** An account with this much in it; its owner is called as said. */
  public AccountId open(String id, AccountType type, String owner, long amount, String currency) {
    AccountId account = new AccountId(id);
    accounts.put(
        account,
        new Account(
            account,
            map.shardOf(account),
            type,
            owner,
            currency,
            amount,
            0,
            0,
            0,
            AccountStatus.OPEN,
            Limits.NONE));
    system.merge("equity:" + map.shardOf(account) + ":" + currency, -amount, Long::sum);
    return account;
  }

  /** From now on nothing is taken out of this account. */
  public void freeze(AccountId id) {
    Seen books = new Seen(Caller.SYSTEM, Reads.NONE, map.shardOf(id), ++requests);
    apply(new Plan(books).status(id, AccountStatus.FROZEN), books);
  }

  /** Time passes; what is due is not done by that, see {@link #due}. */
  public void advanceTo(Instant then) {
    if (!then.truncatedTo(ChronoUnit.DAYS).equals(now.truncatedTo(ChronoUnit.DAYS))) {
      spentToday.clear();
    }
    now = then;
  }

  public Instant now() {
    return now;
  }

  public ShardMap map() {
    return map;
  }

  public Account account(AccountId id) {
    return Optional.ofNullable(accounts.get(id)).orElseThrow();
  }

  /** The sum over all shards of a system account of this role. */
  public long system(String role, String currency) {
    return system.entrySet().stream()
        .filter(each -> each.getKey().matches(role + ":[0-9]+:" + currency))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  public List<Event> events() {
    return List.copyOf(events);
  }

  @SuppressWarnings("unchecked")
  public <T extends Record> Document<T> document(DocumentKind<T> kind, DocumentId id) {
    Document<?> found = Optional.ofNullable(documents.get(id)).orElseThrow();
    if (!id.kind().equals(kind.name())) {
      throw new IllegalArgumentException("of another kind: " + id);
    }
    return (Document<T>) found;
  }

  /** Everything that is due by now is worked on once; what its work asks is done. */
  public void due(Scenario scenario) {
    for (Document<?> document : List.copyOf(documents.values())) {
      if (document.due().isPresent() && !document.due().get().isAfter(now)) {
        for (DueWork<?> work : scenario.work()) {
          if (work.kind().name().equals(document.id().kind())) {
            submit(work, document);
          }
        }
      }
    }
  }

  @SuppressWarnings("unchecked")
  private <T extends Record> void submit(DueWork<T> work, Document<?> document) {
    CompletionStage<Optional<Submission<?>>> asked = work.due((Document<T>) document);
    asked.toCompletableFuture().join().ifPresent(this::submit);
  }

  private <R extends Record> void submit(Submission<R> submission) {
    run(Caller.SYSTEM, submission.operation(), submission.request());
  }

  /**
   * Does it, or throws {@link RefusedException} and does nothing. The request goes through JSON, as
   * that of a client would.
   */
  public <R extends Record> Optional<Record> run(Caller caller, Operation<R> operation, R request) {
    R read = Json.read(Json.write(request), operation.request());
    if (operation.roles().stream().noneMatch(caller.roles()::contains)
        && !caller.equals(Caller.SYSTEM)) {
      throw Refusal.forbidden("forbidden", "not for this role").exception();
    }
    Seen books =
        new Seen(caller, operation.reads(read), operation.scope(read).shard(map), ++requests);
    Plan plan = operation.plan(read, books);
    if (!operation.answer().stream()
        .allMatch(type -> plan.result().filter(type::isInstance).isPresent())) {
      throw new IllegalStateException("another answer than it says: " + operation.type());
    }
    apply(plan, books);
    return plan.result();
  }

  private void apply(Plan plan, Seen books) {
    Map<AccountId, Account> after = new HashMap<>(accounts);
    Map<String, Long> systemAfter = new HashMap<>(system);
    for (NewAccount each : plan.openings()) {
      requireHere(map.shardOf(each.id()), books);
      after.put(
          each.id(),
          new Account(
              each.id(),
              map.shardOf(each.id()),
              each.type(),
              each.owner(),
              each.currency(),
              0,
              0,
              0,
              each.creditLimit(),
              AccountStatus.OPEN,
              each.limits()));
    }
    for (String id : plan.releases()) {
      Hold hold = Optional.ofNullable(holds.get(id)).orElseThrow();
      change(after, hold.account(), 0, -hold.amount());
    }
    for (Hold hold : plan.holds()) {
      requireHere(map.shardOf(hold.account()), books);
      change(after, hold.account(), 0, hold.amount());
    }
    Map<String, Long> sums = new HashMap<>();
    for (Posting posting : plan.postings()) {
      sums.merge(posting.currency(), posting.amount(), Long::sum);
      if (posting.isSystem()) {
        systemAfter.merge(posting.account(), posting.amount(), Long::sum);
      } else {
        AccountId id = new AccountId(posting.account());
        Account account = after.get(id);
        if (account == null) {
          throw Refusal.notFound("unknown-account", "no account " + id).exception();
        }
        if (!account.currency().equals(posting.currency())) {
          throw Refusal.invalid("currency-mismatch", "in another currency").exception();
        }
        if (account.status() == AccountStatus.CLOSED
            || (account.status() == AccountStatus.FROZEN && posting.amount() < 0)) {
          throw Refusal.conflict(
                  "account-" + account.status().name().toLowerCase(java.util.Locale.ROOT),
                  "not open")
              .exception();
        }
        change(after, id, posting.amount(), 0);
      }
    }
    for (RequiredOwner each : plan.owners()) {
      Account account = after.get(each.account());
      if (account == null || !account.owner().equals(each.owner())) {
        throw Refusal.notFound("unknown-account", "none of theirs").exception();
      }
    }
    if (sums.values().stream().anyMatch(sum -> sum != 0)) {
      throw new IllegalStateException("the plan makes or loses money: " + sums);
    }
    plan.statuses()
        .forEach(
            (id, status) ->
                after.computeIfPresent(
                    id,
                    (same, a) ->
                        new Account(
                            id,
                            a.shard(),
                            a.type(),
                            a.owner(),
                            a.currency(),
                            a.posted(),
                            a.held(),
                            a.incoming(),
                            a.creditLimit(),
                            status,
                            a.limits())));
    plan.changedLimits()
        .forEach(
            (id, limits) ->
                after.computeIfPresent(
                    id,
                    (same, a) ->
                        new Account(
                            id,
                            a.shard(),
                            a.type(),
                            a.owner(),
                            a.currency(),
                            a.posted(),
                            a.held(),
                            a.incoming(),
                            a.creditLimit(),
                            a.status(),
                            limits)));
    plan.changedCreditLimits()
        .forEach(
            (id, limit) ->
                after.computeIfPresent(
                    id,
                    (same, a) ->
                        new Account(
                            id,
                            a.shard(),
                            a.type(),
                            a.owner(),
                            a.currency(),
                            a.posted(),
                            a.held(),
                            a.incoming(),
                            limit,
                            a.status(),
                            a.limits())));
    for (Account account : after.values()) {
      if (account.status() == AccountStatus.CLOSED && account.posted() != 0) {
        throw new IllegalStateException("closed with money in it: " + account.id());
      }
      if (account.available() < 0) {
        throw Refusal.conflict("insufficient-funds", "too little in " + account.id()).exception();
      }
    }
    plan.spent()
        .forEach(
            (id, amount) -> {
              if (spentToday.getOrDefault(id, 0L) + amount > account(id).limits().perDay()) {
                throw Refusal.conflict("limit-per-day", "too much for a day").exception();
              }
            });
    plan.spent().forEach((id, amount) -> spentToday.merge(id, amount, Long::sum));
    for (Claim each : plan.claims()) {
      Document<?> document = each.document();
      if (map.shardOf(document.account()) != document.id().shard()) {
        throw new IllegalStateException("a claim belongs to an account of its shard");
      }
      if (documents.containsKey(document.id())) {
        throw each.taken().exception();
      }
    }
    plan.claims().forEach(each -> documents.put(each.document().id(), each.document()));
    plan.freed().forEach(documents::remove);
    accounts.putAll(after);
    system.putAll(systemAfter);
    plan.releases().forEach(holds::remove);
    plan.holds().forEach(hold -> holds.put(hold.id(), hold));
    for (Document<?> document : plan.documents()) {
      requireHere(document.id().shard(), books);
      if (!books.known.contains(document.id())) {
        throw new IllegalStateException("not looked for before it is put: " + document.id());
      }
      documents.put(document.id(), document);
    }
    events.addAll(plan.events());
  }

  private static void requireHere(int shard, Seen books) {
    if (shard != books.shard) {
      throw new IllegalStateException("a plan changes its own shard only, but for postings");
    }
  }

  private static void change(
      Map<AccountId, Account> accounts, AccountId id, long posted, long held) {
    accounts.computeIfPresent(
        id,
        (same, a) ->
            new Account(
                id,
                a.shard(),
                a.type(),
                a.owner(),
                a.currency(),
                a.posted() + posted,
                a.held() + held,
                a.incoming(),
                a.creditLimit(),
                a.status(),
                a.limits()));
  }

  private final class Seen implements Books {
    private final Caller caller;
    private final Reads reads;
    private final int shard;
    private final int request;
    private final Set<DocumentId> known = new HashSet<>();
    private int ids;

    Seen(Caller caller, Reads reads, int shard, int request) {
      this.caller = caller;
      this.reads = reads;
      this.shard = shard;
      this.request = request;
    }

    @Override
    public Caller caller() {
      return caller;
    }

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public int shard() {
      return shard;
    }

    @Override
    public ShardMap map() {
      return map;
    }

    @Override
    public Optional<Account> find(AccountId id) {
      if (!reads.accounts().contains(id)) {
        throw new IllegalStateException("not asked for in reads: " + id);
      }
      return map.shardOf(id) == shard ? Optional.ofNullable(accounts.get(id)) : Optional.empty();
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends Record> Optional<Document<T>> find(DocumentKind<T> kind, DocumentId id) {
      if (!reads.documents().contains(id)) {
        throw new IllegalStateException("not asked for in reads: " + id);
      }
      known.add(id);
      return id.kind().equals(kind.name()) && id.shard() == shard
          ? Optional.ofNullable((Document<T>) documents.get(id))
          : Optional.empty();
    }

    @Override
    public Optional<Hold> hold(String id) {
      if (!reads.holds().contains(id)) {
        throw new IllegalStateException("not asked for in reads: " + id);
      }
      return Optional.ofNullable(holds.get(id));
    }

    @Override
    public DocumentId newId(DocumentKind<?> kind) {
      DocumentId id = DocumentId.of(kind.name(), shard, String.format("%020d%06d", request, ++ids));
      known.add(id);
      return id;
    }
  }
}
