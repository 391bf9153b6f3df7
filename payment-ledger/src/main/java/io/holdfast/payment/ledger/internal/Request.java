package io.holdfast.payment.ledger.internal;

import io.holdfast.payment.ledger.Account;
import io.holdfast.payment.ledger.AccountId;
import io.holdfast.payment.ledger.Books;
import io.holdfast.payment.ledger.Caller;
import io.holdfast.payment.ledger.Deadline;
import io.holdfast.payment.ledger.Document;
import io.holdfast.payment.ledger.DocumentId;
import io.holdfast.payment.ledger.DocumentKind;
import io.holdfast.payment.ledger.Hold;
import io.holdfast.payment.ledger.IdempotencyKey;
import io.holdfast.payment.ledger.Json;
import io.holdfast.payment.ledger.Operation;
import io.holdfast.payment.ledger.Plan;
import io.holdfast.payment.ledger.Reads;
import io.holdfast.payment.ledger.ShardMap;
import io.holdfast.payment.ledger.Trace;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A request as it is asked of the ledger: an operation, its record, whose, and under which key. */
final class Request<R extends Record> {

  private final Caller caller;
  private final Operation<R> operation;
  private final R body;
  private final OperationKey key;
  private final String json;
  private final String digest;
  private final Reads reads;
  private final ShardMap map;
  private final Trace trace;
  private final Deadline deadline;

  Request(
      Caller caller,
      Operation<R> operation,
      R body,
      IdempotencyKey key,
      ShardMap map,
      Trace trace,
      Deadline deadline) {
    this.trace = trace;
    this.deadline = deadline;
    this.caller = caller;
    this.operation = operation;
    this.body = body;
    this.map = map;
    String scope = operation.scope(body).name();
    this.key =
        new OperationKey(operation.scope(body).shard(map), caller.name(), scope, key.value());
    this.json = Json.write(body);
    MessageDigest sha = JournalRow.sha256();
    sha.update(operation.type().getBytes(StandardCharsets.UTF_8));
    sha.update((byte) '\n');
    this.digest = HexFormat.of().formatHex(sha.digest(json.getBytes(StandardCharsets.UTF_8)));
    this.reads = operation.reads(body);
  }

  OperationKey key() {
    return key;
  }

  Trace trace() {
    return trace;
  }

  Deadline deadline() {
    return deadline;
  }

  String digest() {
    return digest;
  }

  String type() {
    return operation.type();
  }

  BranchBody.Head head() {
    return new BranchBody.Head(operation.type(), key.caller(), key.scope(), key.key(), json);
  }

  Task.Wanted wanted() {
    return new Task.Wanted(
        List.of(key),
        reads.accounts().stream()
            .filter(id -> map.shardOf(id) == key.shard())
            .map(AccountId::value)
            .toList(),
        reads.documents().stream().map(DocumentId::value).toList(),
        reads.holds(),
        List.of());
  }

  /** The accounts in other shards that it names, by shard. */
  Map<Integer, Set<String>> elsewhere() {
    Map<Integer, Set<String>> accounts = new TreeMap<>();
    for (AccountId id : reads.accounts()) {
      int shard = map.shardOf(id);
      if (shard != key.shard()) {
        accounts.computeIfAbsent(shard, none -> new TreeSet<>()).add(id.value());
      }
    }
    return accounts;
  }

  /**
   * What names the effects of a request in several shards that were committed at once: as a
   * transaction's name does, it is the same in all of them, and no other request's.
   */
  String atOnce() {
    MessageDigest sha = JournalRow.sha256();
    for (String each : List.of(key.caller(), key.scope(), key.key())) {
      sha.update(each.getBytes(StandardCharsets.UTF_8));
      sha.update((byte) 0);
    }
    return "at-once:" + HexFormat.of().formatHex(sha.digest(), 0, 16);
  }

  /**
   * What it comes to, as the books stand.
   *
   * @throws IllegalStateException if what it does cannot be undone, and other shards take part: a
   *     fault of its scenario
   */
  Effects plan(ShardBooks books, Instant now) {
    View view = new View(books, now);
    Plan plan = operation.plan(body, view);
    for (Document<?> document : plan.documents()) {
      if (!view.known.contains(document.id())) {
        throw new IllegalStateException(
            "a plan puts down a document without a look whether there is one: " + document.id());
      }
    }
    Effects effects = Effects.of(plan, map, trace);
    boolean lasting =
        !effects.openings().isEmpty()
            || !effects.statuses().isEmpty()
            || !effects.creditLimits().isEmpty();
    if (lasting && !effects.elsewhere(key.shard()).isEmpty()) {
      throw new IllegalStateException(
          "a plan over several shards opens and closes no accounts, and gives no credit: "
              + type());
    }
    return effects;
  }

  private final class View implements Books {
    private final ShardBooks books;
    private final Instant now;

    /** The documents that were looked for, and the names that are new. */
    private final Set<DocumentId> known = new HashSet<>();

    private int ids;

    View(ShardBooks books, Instant now) {
      this.books = books;
      this.now = now;
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
      return key.shard();
    }

    @Override
    public ShardMap map() {
      return map;
    }

    @Override
    public Optional<Account> find(AccountId id) {
      if (map.shardOf(id) != key.shard()) {
        return Optional.empty();
      }
      return books.account(id.value()).map(row -> row.account(key.shard()));
    }

    @Override
    public <T extends Record> Optional<Document<T>> find(DocumentKind<T> kind, DocumentId id) {
      if (!id.kind().equals(kind.name()) || id.shard() != key.shard()) {
        return Optional.empty();
      }
      known.add(id);
      return books
          .document(id.value())
          .map(Stored::free)
          .map(
              row ->
                  new Document<>(
                      id,
                      new AccountId(row.account()),
                      row.other().map(AccountId::new),
                      row.due(),
                      Json.read(row.body(), kind.type())));
    }

    @Override
    public Optional<Hold> hold(String id) {
      return books.hold(id).map(Stored::free);
    }

    @Override
    public DocumentId newId(DocumentKind<?> kind) {
      MessageDigest sha = JournalRow.sha256();
      for (String each : List.of(key.caller(), key.scope(), key.key(), digest, "" + ++ids)) {
        sha.update(each.getBytes(StandardCharsets.UTF_8));
        sha.update((byte) 0);
      }
      byte[] first = Arrays.copyOf(sha.digest(), 16);
      String digits = new BigInteger(1, first).toString(32).toLowerCase(Locale.ROOT);
      DocumentId id =
          DocumentId.of(kind.name(), key.shard(), "0".repeat(26 - digits.length()) + digits);
      known.add(id);
      return id;
    }
  }
}
