package io.holdfast.gateway.dns;

/** The numbers of record types, classes and of the options of a message, as on the wire. */
final class RecordType {

  static final int A = 1;
  static final int NS = 2;
  static final int SOA = 6;
  static final int HINFO = 13;
  static final int AAAA = 28;
  static final int SRV = 33;
  static final int OPT = 41;
  static final int IXFR = 251;
  static final int AXFR = 252;
  static final int ANY = 255;

  /** The class Internet, the only one served. */
  static final int INTERNET = 1;

  private RecordType() {}
}
