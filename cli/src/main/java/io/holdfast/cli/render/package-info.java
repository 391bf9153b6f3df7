/**
 * {@code holdfast services render}: services as the configuration of a proxy that does not know
 * Holdfast. {@code RenderServices} is the command; {@code ProxyKind} knows what each of them reads;
 * {@code ConfigFile} replaces a file only by one that the proxy accepts.
 */
@NullMarked
package io.holdfast.cli.render;

import org.jspecify.annotations.NullMarked;
