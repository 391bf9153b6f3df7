/** What the ways of committing have in common. For the modules of transactions only. */
@NullMarked
package io.holdfast.transaction.internal;

import org.jspecify.annotations.NullMarked;
