package io.holdfast.gateway.dns;

import io.holdfast.coordination.Revision;
import io.holdfast.registry.ServiceSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The names that there are, and their records. With the zone {@code holdfast.}:
 *
 * <ul>
 *   <li>{@code holdfast.}: SOA, NS, and {@code ns.holdfast.} the addresses of this server;
 *   <li>{@code payment.holdfast.}: A and AAAA of the instances of {@code payment}, and SRV;
 *   <li>{@code _payment._tcp.holdfast.}: SRV;
 *   <li>{@code _grpc._tcp.payment.holdfast.}: SRV of the ports called {@code grpc};
 *   <li>{@code 0a000001.payment.holdfast.}: the address 10.0.0.1, as long as an instance has it.
 * </ul>
 *
 * <p>A service without an instance that is UP has its name and no records. What the registry has
 * not been asked for yet is a failure of the server, which others do not remember, and never a name
 * that is not there.
 *
 * <p>Safe for use by many threads.
 */
final class Zone {

  private static final String TCP = "_tcp";
  private static final String NAME_SERVER = "ns";

  private final DnsOptions options;
  private final DomainName origin;
  private final DomainName server;
  private final ServiceLookup services;
  private final Map<String, ServiceRecords> made = new ConcurrentHashMap<>();

  Zone(DnsOptions options, ServiceLookup services) {
    this.options = options;
    this.origin = DomainName.of(options.zone());
    this.server = origin.under(NAME_SERVER);
    this.services = services;
  }

  /** Answers a query, or says why not. */
  Answer answer(DnsQuery query) {
    return query.refusal().map(Answer::of).orElseGet(() -> answerWellFormed(query));
  }

  private Answer answerWellFormed(DnsQuery query) {
    if (!query.name().isWithin(origin)) {
      return Answer.of(ResponseCode.REFUSED);
    }
    return switch (query.type()) {
      case RecordType.AXFR, RecordType.IXFR -> Answer.of(ResponseCode.REFUSED);
      case RecordType.ANY -> any(query.name());
      default -> inZone(query.name(), query.type());
    };
  }

  /** One small record for what would be many. */
  private Answer any(DomainName name) {
    Answer one = inZone(name, RecordType.HINFO);
    return one.code() == ResponseCode.NO_ERROR
        ? found(ResourceRecord.refusingAny(name, options.ttlSeconds()))
        : one;
  }

  private Answer inZone(DomainName name, int type) {
    List<String> labels = name.below(origin);
    if (labels.isEmpty()) {
      return apex(type);
    }
    if (labels.equals(List.of(NAME_SERVER))) {
      return orEmpty(serverAddresses(type));
    }
    if (!services.isReady()) {
      return Answer.of(ResponseCode.SERVER_FAILURE);
    }
    return find(String.join(".", labels))
        .map(found -> service(name, type, found, Optional.empty()))
        .or(() -> portOfService(name, type, labels))
        .or(() -> addressOfService(type, labels))
        .or(() -> above(labels))
        .orElseGet(() -> Answer.nothing(ResponseCode.NAME_ERROR, authority()));
  }

  private Answer apex(int type) {
    return switch (type) {
      case RecordType.SOA -> Answer.found(List.of(authority()), List.of());
      case RecordType.NS ->
          Answer.found(
              List.of(ResourceRecord.nameServer(origin, options.ttlSeconds(), server)),
              serverAddresses());
      default -> empty();
    };
  }

  private List<ResourceRecord> serverAddresses(int type) {
    return serverAddresses().stream().filter(address -> address.type() == type).toList();
  }

  private List<ResourceRecord> serverAddresses() {
    return options.nameServers().stream()
        .map(at -> ResourceRecord.address(server, options.ttlSeconds(), at.getAddress()))
        .toList();
  }

  /** {@code _payment._tcp} and {@code _grpc._tcp.payment}. */
  private Optional<Answer> portOfService(DomainName name, int type, List<String> labels) {
    int tcp = labels.indexOf(TCP);
    if (tcp < 1 || !labels.get(0).startsWith("_")) {
      return Optional.empty();
    }
    String first = String.join(".", labels.subList(0, tcp)).substring(1);
    if (tcp == labels.size() - 1) {
      return find(first).map(found -> named(name, type, found, Optional.empty()));
    }
    return find(String.join(".", labels.subList(tcp + 1, labels.size())))
        .filter(found -> isUnknown(found) || found.hasPort(first))
        .map(found -> named(name, type, found, Optional.of(first)));
  }

  /** A name that has SRV records and no others. */
  private Answer named(DomainName name, int type, ServiceRecords records, Optional<String> port) {
    return isUnknown(records) || type == RecordType.SRV
        ? service(name, RecordType.SRV, records, port)
        : empty();
  }

  private Answer service(DomainName name, int type, ServiceRecords records, Optional<String> port) {
    if (isUnknown(records)) {
      return Answer.of(ResponseCode.SERVER_FAILURE);
    }
    return switch (type) {
      case RecordType.A, RecordType.AAAA -> orEmpty(records.addresses(type));
      case RecordType.SRV -> {
        List<ResourceRecord> found = records.services(name, port);
        yield found.isEmpty() ? empty() : Answer.found(found, records.addresses());
      }
      default -> empty();
    };
  }

  /** {@code 0a000001.payment}. */
  private Optional<Answer> addressOfService(int type, List<String> labels) {
    if (labels.size() < 2) {
      return Optional.empty();
    }
    return find(String.join(".", labels.subList(1, labels.size())))
        .flatMap(
            found ->
                isUnknown(found)
                    ? Optional.of(Answer.of(ResponseCode.SERVER_FAILURE))
                    : found
                        .address(labels.get(0))
                        .map(at -> at.type() == type ? found(at) : empty()));
  }

  /** A name with nothing but names below it is there: {@code _tcp} and {@code _tcp.payment}. */
  private Optional<Answer> above(List<String> labels) {
    boolean above =
        labels.get(0).equals(TCP)
            && (labels.size() == 1
                || find(String.join(".", labels.subList(1, labels.size()))).isPresent());
    return above ? Optional.of(empty()) : Optional.empty();
  }

  private static Answer found(ResourceRecord record) {
    return Answer.found(List.of(record), List.of());
  }

  private static boolean isUnknown(ServiceRecords records) {
    ServiceSnapshot snapshot = records.snapshot();
    return snapshot.revision().equals(Revision.NONE) && snapshot.isEmpty();
  }

  @SuppressWarnings("ReferenceEquality") // another snapshot is another object
  private Optional<ServiceRecords> find(String service) {
    Optional<ServiceSnapshot> snapshot = services.find(service);
    if (snapshot.isEmpty()) {
      made.remove(service);
      return Optional.empty();
    }
    ServiceSnapshot present = snapshot.orElseThrow();
    ServiceRecords known = made.get(service);
    if (known == null || known.snapshot() != present) {
      DomainName name;
      try {
        name = origin.under(service);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
      known = new ServiceRecords(present, name, options.ttlSeconds());
      made.put(service, known);
    }
    return Optional.of(known);
  }

  private Answer orEmpty(List<ResourceRecord> records) {
    return records.isEmpty() ? empty() : Answer.found(new ArrayList<>(records), List.of());
  }

  /** The name is there, and has no such record. */
  private Answer empty() {
    return Answer.nothing(ResponseCode.NO_ERROR, authority());
  }

  private ResourceRecord authority() {
    int negative = options.negativeTtlSeconds();
    return ResourceRecord.authority(origin, negative, server, services.serial(), negative);
  }
}
