/**
 * What the commands have in common: {@code Connection} is which cluster they speak to, {@code
 * Listing} prints what they found, as a table or as JSON, {@code Consent} is asked for before
 * something is done to others.
 */
@NullMarked
package io.holdfast.cli.console;

import org.jspecify.annotations.NullMarked;
