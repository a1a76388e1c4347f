/**
 * The view half of a database holds boxes. Today a box is its content; encryption changes these two functions and nothing else.
 * Both are asynchronous and are called before a transaction is opened: an IndexedDB transaction ends while one waits for anything else.
 */
export type Box<Content> = Content & { readonly sealed?: never };

export const seal = async <Content>(content: Content): Promise<Box<Content>> => content as Box<Content>;

export const open = async <Content>(box: Box<Content>): Promise<Content> => box;
