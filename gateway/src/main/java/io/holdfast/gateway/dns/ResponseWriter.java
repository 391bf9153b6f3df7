package io.holdfast.gateway.dns;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts one answer into one message, with names compressed (RFC 1035), and cut to a size. */
final class ResponseWriter {

  private static final int HEADER = 12;
  private static final int RESPONSE = 0x8000;
  private static final int AUTHORITATIVE = 0x0400;
  private static final int TRUNCATED = 0x0200;
  private static final int OPCODE_AND_RECURSION_WISH = 0x7900;
  private static final int OPTIONS_SIZE = 11;
  private static final int POINTER = 0xc000;
  private static final int FIRST_BEYOND_POINTERS = 0x4000;

  /** What a UDP message may have everywhere without being cut into fragments. */
  static final int MOST_OVER_UDP = 1_232;

  /** What the length in front of a TCP message can say. */
  static final int MOST_OVER_TCP = 65_535;

  private final ByteBuf out;
  private final DnsQuery query;
  private final int limit;

  /** Where a name, or the right part of one, stands. */
  private final Map<List<String>, Integer> places = new HashMap<>();

  private ResponseWriter(ByteBuf out, DnsQuery query, int most) {
    this.out = out;
    this.query = query;
    this.limit = most - (query.options().isPresent() ? OPTIONS_SIZE : 0);
  }

  /**
   * Writes an answer over UDP. If not all answers fit, as many as do, marked as truncated.
   *
   * @param out empty
   */
  static void overUdp(ByteBuf out, DnsQuery query, Answer answer) {
    new ResponseWriter(out, query, query.udpPayload(MOST_OVER_UDP)).write(answer, TRUNCATED);
  }

  /**
   * Writes an answer over TCP. Of more than fits into the largest message that there is, as much as
   * fits; nowhere else is more to be had.
   *
   * @param out empty
   */
  static void overTcp(ByteBuf out, DnsQuery query, Answer answer) {
    new ResponseWriter(out, query, MOST_OVER_TCP).write(answer, 0);
  }

  /** Tells the client to ask over TCP; not longer than the query. */
  static void askOverTcp(ByteBuf out, DnsQuery query) {
    ResponseWriter writer = new ResponseWriter(out, query, query.udpPayload(MOST_OVER_UDP));
    writer.write(Answer.of(ResponseCode.NO_ERROR), 0);
    out.setShort(2, out.getShort(2) | TRUNCATED);
  }

  private void write(Answer answer, int markIfCut) {
    out.writeZero(HEADER);
    if (query.question().length > 0) {
      out.writeBytes(query.question());
      remember(query.name(), HEADER);
    }
    int answers = records(answer.answers());
    boolean cut = answers < answer.answers().size();
    int authorities = cut ? 0 : records(answer.authority());
    int additional = cut ? 0 : records(answer.additional());
    Optional<DnsQuery.Options> options = query.options();
    if (options.isPresent()) {
      out.writeByte(0).writeShort(RecordType.OPT).writeShort(MOST_OVER_UDP);
      out.writeByte(answer.code().inOptions()).writeByte(0).writeShort(0).writeShort(0);
    }
    int flags = RESPONSE | (query.flags() & OPCODE_AND_RECURSION_WISH) | answer.code().inHeader();
    flags |= answer.authoritative() ? AUTHORITATIVE : 0;
    flags |= cut ? markIfCut : 0;
    out.setShort(0, query.id()).setShort(2, flags);
    out.setShort(4, query.question().length > 0 ? 1 : 0);
    out.setShort(6, answers).setShort(8, authorities);
    out.setShort(10, additional + (options.isPresent() ? 1 : 0));
  }

  /** Writes as many as fit, and tells how many. */
  private int records(List<ResourceRecord> records) {
    int written = 0;
    for (ResourceRecord record : records) {
      int start = out.writerIndex();
      name(record.name());
      out.writeShort(record.type()).writeShort(RecordType.INTERNET).writeInt(record.ttl());
      out.writeShort(record.data().length).writeBytes(record.data());
      if (out.writerIndex() > limit) {
        out.writerIndex(start);
        places.values().removeIf(place -> place >= start);
        return written;
      }
      written++;
    }
    return written;
  }

  private void name(DomainName name) {
    List<String> labels = name.labels();
    for (int from = 0; from < labels.size(); from++) {
      List<String> rest = labels.subList(from, labels.size());
      Integer place = places.get(rest);
      if (place != null) {
        out.writeShort(POINTER | place);
        return;
      }
      remember(rest, out.writerIndex());
      String label = labels.get(from);
      out.writeByte(label.length());
      for (int i = 0; i < label.length(); i++) {
        out.writeByte(label.charAt(i));
      }
    }
    out.writeByte(0);
  }

  private void remember(DomainName name, int place) {
    int at = place;
    for (int from = 0; from < name.labels().size(); from++) {
      remember(name.labels().subList(from, name.labels().size()), at);
      at += 1 + name.labels().get(from).length();
    }
  }

  private void remember(List<String> labels, int place) {
    if (place < FIRST_BEYOND_POINTERS) {
      places.putIfAbsent(labels, place);
    }
  }
}
