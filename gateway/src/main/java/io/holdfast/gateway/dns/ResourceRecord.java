package io.holdfast.gateway.dns;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One record of an answer.
 *
 * @param name whose it is
 * @param type as in {@link RecordType}
 * @param ttl for how many seconds others may keep it
 * @param data as on the wire; names in it are not compressed. Never changed
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record ResourceRecord(DomainName name, int type, int ttl, byte[] data) {

  private static final int SRV_PREFIX = 6;

  /** A or AAAA, by the length of the address. */
  static ResourceRecord address(DomainName name, int ttl, byte[] address) {
    int type = address.length == 4 ? RecordType.A : RecordType.AAAA;
    return new ResourceRecord(name, type, ttl, address);
  }

  static ResourceRecord srv(DomainName name, int ttl, int weight, int port, DomainName target) {
    byte[] at = target.wire();
    ByteBuffer data = ByteBuffer.allocate(SRV_PREFIX + at.length);
    data.putShort((short) 0).putShort((short) weight).putShort((short) port).put(at);
    return new ResourceRecord(name, RecordType.SRV, ttl, data.array());
  }

  static ResourceRecord nameServer(DomainName zone, int ttl, DomainName server) {
    return new ResourceRecord(zone, RecordType.NS, ttl, server.wire());
  }

  /** Instead of all records of a name, as RFC 8482 has it. */
  static ResourceRecord refusingAny(DomainName name, int ttl) {
    byte[] system = "RFC8482".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer data = ByteBuffer.allocate(system.length + 2);
    data.put((byte) system.length).put(system).put((byte) 0);
    return new ResourceRecord(name, RecordType.HINFO, ttl, data.array());
  }

  /**
   * The record of the zone itself.
   *
   * @param serial grows with changes
   * @param negativeTtl how long others may remember that there is no such name or record
   */
  static ResourceRecord authority(
      DomainName zone, int ttl, DomainName server, int serial, int negativeTtl) {
    byte[] primary = server.wire();
    byte[] mailbox = zone.under("hostmaster").wire();
    ByteBuffer data = ByteBuffer.allocate(primary.length + mailbox.length + 5 * Integer.BYTES);
    data.put(primary).put(mailbox).putInt(serial);
    // There are no secondaries, so what they would go by is the usual, and of no use.
    data.putInt(3_600).putInt(600).putInt(86_400).putInt(negativeTtl);
    return new ResourceRecord(zone, RecordType.SOA, ttl, data.array());
  }
}
