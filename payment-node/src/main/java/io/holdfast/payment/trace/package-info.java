/**
 * Traces of requests: the context of W3C that goes from node to node ({@link
 * io.holdfast.payment.trace.TraceContext}), what a node does in between ({@link
 * io.holdfast.payment.trace.Span}), and their way to a collector of OpenTelemetry. Knows nothing of
 * HTTP servers.
 */
@NullMarked
package io.holdfast.payment.trace;

import org.jspecify.annotations.NullMarked;
