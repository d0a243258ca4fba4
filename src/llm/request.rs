//! A question in the form of the chat completions API.

use super::{ModelRequest, ToolSpec};
use crate::turn::Message;
use async_openai::types::chat::{
    ChatCompletionMessageToolCall, ChatCompletionMessageToolCalls,
    ChatCompletionRequestAssistantMessage, ChatCompletionRequestMessage,
    ChatCompletionRequestSystemMessage, ChatCompletionRequestToolMessage,
    ChatCompletionRequestUserMessage, ChatCompletionStreamOptions, ChatCompletionTool,
    ChatCompletionTools, CreateChatCompletionRequest, FunctionCall, FunctionObject,
};

/// Tokens asked for at most: a caller would not listen to more.
const TOKENS_MAX: u32 = 600;
/// Low, because facts are read out, not invented.
const TEMPERATURE: f32 = 0.2;

/// The body of a streamed request.
pub(super) fn body(model: &str, request: &ModelRequest) -> CreateChatCompletionRequest {
    let tools: Vec<ChatCompletionTools> = request.tools.iter().map(tool).collect();
    CreateChatCompletionRequest {
        model: model.to_owned(),
        messages: messages(request),
        tools: (!tools.is_empty()).then_some(tools),
        stream: Some(true),
        // What it costs comes after the answer.
        stream_options: Some(ChatCompletionStreamOptions {
            include_usage: Some(true),
            include_obfuscation: None,
        }),
        temperature: Some(TEMPERATURE),
        max_completion_tokens: Some(TOKENS_MAX),
        ..CreateChatCompletionRequest::default()
    }
}

fn tool(spec: &ToolSpec) -> ChatCompletionTools {
    ChatCompletionTools::Function(ChatCompletionTool {
        function: FunctionObject {
            name: spec.name.to_owned(),
            description: Some(spec.description.to_owned()),
            parameters: Some(spec.parameters.clone()),
            strict: None,
        },
    })
}

fn messages(request: &ModelRequest) -> Vec<ChatCompletionRequestMessage> {
    let system = ChatCompletionRequestSystemMessage::from(request.system.as_str());
    let mut messages = vec![system.into()];
    for (index, message) in request.history.iter().enumerate() {
        match message {
            Message::Caller { text } => {
                messages.push(ChatCompletionRequestUserMessage::from(text.as_str()).into());
            }
            Message::Agent { text } => {
                messages.push(ChatCompletionRequestAssistantMessage::from(text.as_str()).into());
            }
            Message::Tool { name, args, result } => {
                // Call and result come as one value, so the pair can never be torn.
                let id = format!("call_{index}");
                let function = FunctionCall { name: name.clone(), arguments: args.to_string() };
                let call = ChatCompletionMessageToolCall { id: id.clone(), function };
                messages.push(
                    ChatCompletionRequestAssistantMessage {
                        tool_calls: Some(vec![ChatCompletionMessageToolCalls::Function(call)]),
                        ..ChatCompletionRequestAssistantMessage::default()
                    }
                    .into(),
                );
                messages.push(
                    ChatCompletionRequestToolMessage {
                        content: result.to_string().into(),
                        tool_call_id: id,
                    }
                    .into(),
                );
            }
        }
    }
    // Last, so that the prefix before it stays the same and can be cached by the provider.
    let mut last = request.now.format("Now it is %A, %Y-%m-%d, %H:%M at the shop.").to_string();
    if let Some(state) = &request.state {
        last.push('\n');
        last.push_str(state);
    }
    messages.push(ChatCompletionRequestSystemMessage::from(last).into());
    messages
}
